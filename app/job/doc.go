// Package job is what a person can ask the program for, one function a verb. The
// window and the command line call nothing else.
//
// Start with five names:
//
//   - [Open], [Create] and [Join] give a [Study].
//   - [Study.Interview] opens an interview; its answers are on disk when Set returns.
//   - [Study.PlanList] compares a list of organizations with the study, and takes it in.
//   - [Study.PlanInterviews] does the same for interviews held with ODK Collect or
//     KoboCollect.
//   - [Tour] does the main job by itself, from the example to the map.
package job
