package cli

// Version of the program; FyneApp.toml holds the same, which a test checks.
const Version = "0.1.0"
