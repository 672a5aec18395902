# make run      install what is missing, build, open the window (no display: a tour by command line)
# make test     everything that is tested; says how many passed, failed and were skipped, and why
# make crash    kills and cuts the power a thousand times each while a study is worked on
# make build    bin/sse and bin/sse-cli
# make clients  opens exports in QGIS, GDAL, R, PSPP, LibreOffice; installs them (a gigabyte)
# make bench    benchmarks; beside QGIS, mapnik and those of npm in SSE_PEERS where they are installed
# make fmt      format (CHECK=1: only list)         make lint   vet and format check
# make golden   write the master pictures anew, to be looked at before they are committed
# make package  dist/: .deb, .tar.xz, Windows .zip, SHA256SUMS

GO      ?= go
EXE     := $(if $(filter Windows_NT,$(OS)),.exe,)
SOURCES := go.mod go.sum FyneApp.toml $(shell find app assets maps storage survey -not -path '*/testdata*' -not -name '*_test.go' 2>/dev/null)
PURE    := CGO_ENABLED=0
NO_C    := ./app/headless ./app/cli ./app/job ./assets/... ./maps/... ./storage/... ./survey/...
export GOFLAGS := $(strip $(filter-out -buildvcs%,$(GOFLAGS)) -buildvcs=false)

.PHONY: run test crash clients bench build fmt lint golden package help clean

run:
	@.ci/start $(MAKE)

help:
	@sed -n 's/^# \(make\)/\1/p' Makefile

build:
	@.ci/need build
	@$(MAKE) -s --no-print-directory bin/sse$(EXE) bin/sse-cli$(EXE)

# touch: go leaves a program alone that is up to date
bin/sse$(EXE): $(SOURCES)
	@echo "Building $@; the first time takes a few minutes."
	@CGO_ENABLED=1 $(GO) build -o $@ ./app && touch $@

bin/sse-cli$(EXE): $(SOURCES)
	@echo "Building $@"
	@$(PURE) $(GO) build -o $@ ./app/headless && touch $@

test:
	@.ci/need test
	@.ci/test

crash:
	@$(PURE) SSE_KILLS=1000 SSE_CUTS=1000 $(GO) test -tags ci -count=1 -timeout 60m -v -run 'Kill|Cuts' ./storage/study ./app/job | grep -v '^==='

clients:
	@.ci/need clients
	@$(PURE) $(GO) test -tags ci -count=1 -v -run TestClients ./app/job | grep -v '^=== '

bench:
	@echo "$$(uname -sm), $$($(GO) version)"
	@$(PURE) $(GO) test -tags ci -run '^$$' -bench . -benchmem ./...

fmt:
ifeq ($(CHECK),)
	@gofmt -l -w .
else
	@out=$$(gofmt -l .); if [ -n "$$out" ]; then echo "not formatted (make fmt does it):"; echo "$$out"; exit 1; fi
endif

lint:
	@$(MAKE) -s --no-print-directory fmt CHECK=1
	$(PURE) $(GO) vet -tags ci ./...
	$(PURE) GOOS=windows $(GO) vet $(NO_C)
	$(PURE) GOOS=darwin $(GO) vet $(NO_C)

golden:
	$(PURE) $(GO) test -tags ci ./maps/paint ./app/view ./app/screen -update

package:
	@.ci/need package
	@.package/build

clean:
	rm -rf bin dist
