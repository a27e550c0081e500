# hark: `make help` lists what there is.
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
LDFLAGS := -s -w -X main.version=$(VERSION)
SAMPLES := $(dir $(wildcard samples/*/*/go.mod samples/*/*/lambda/go.mod))

.PHONY: help build run test test-multinode check unit samples samples-sdk chaos bench fuzz soak images run-swarm clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## bin/hark and bin/fwatchdog
	CGO_ENABLED=0 go build -trimpath -ldflags "$(LDFLAGS)" -o bin/ ./cmd/hark
	CGO_ENABLED=0 go build -tags nethttpomithttp2 -trimpath -ldflags "$(LDFLAGS)" -o bin/ ./cmd/fwatchdog

run: build ## the sample skill on this machine: functions as processes, no Docker, no Amazon account
	bin/hark up samples/christmas-lights

test: ## all tests; installs what they need where it may
	@.ci/need docker.io docker-registry prometheus iptables iproute2 util-linux gcc mosquitto mosquitto-clients autoconf automake cmake g++ libtool nodejs python3
	@$(MAKE) --no-print-directory build check samples unit test-multinode

check: ## formatting, go vet, staticcheck
	@test -z "$$(gofmt -l . | tee /dev/stderr)" || { echo "gofmt: the files above are not formatted; run gofmt -w ." >&2; exit 1; }
	go vet ./...
	go vet -tags sdk ./cmd/hark
	go tool staticcheck ./...

samples: ## build and vet the sample functions, modules of their own
	@set -e; for d in $(SAMPLES); do echo "$$d"; (cd $$d && go vet ./... && go build -o bin/ .); done

samples-sdk: ## the Alexa-hosted samples with Amazon's SDKs, which it fetches from npm and PyPI; SDK=Node or Python takes one
	go test -tags sdk -count=1 -v -run '^TestSDK_$(SDK)' ./cmd/hark

unit: ## the tests themselves, under the race detector, but for those of several nodes and chaos
	go test -race -timeout 30m $$(go list ./... | grep -v -e /internal/multinode -e /internal/chaos)

test-multinode: ## what callers hear when nodes of a Swarm fail; FIGURES=FILE takes the measured times
	HARK_FIGURES=$(abspath $(FIGURES)) go test -race -count=1 -v ./internal/multinode

chaos: ## a minute and a half of faults under load, and a table of what callers heard; FIGURES=FILE takes it
	HARK_FIGURES=$(abspath $(FIGURES)) go test -count=1 -v ./internal/chaos

bench: ## benchmarks; each prints its ratio to a floor measured in the same run
	go test -run '^$$' -bench . -benchtime 3s ./...

fuzz: ## every fuzz target for FUZZTIME (default 30s)
	@set -e; for p in $$(go list ./...); do for f in $$(go test -list '^Fuzz' $$p | grep '^Fuzz' || true); do \
	  echo "$$p $$f"; go test -run '^$$' -fuzz "^$$f\$$" -fuzztime $${FUZZTIME:-30s} $$p; done; done

soak: ## SOAK (default 100000) requests to fwatchdog while its processes are killed at random
	SOAK=$${SOAK:-100000} go test -run '^TestSoak$$' -v -timeout 90m ./cmd/fwatchdog | grep -v '"level"'

images: ## harkvoice/hark and harkvoice/fwatchdog, which the samples' Dockerfiles copy from, for amd64, arm64 and arm
	deploy/images

run-swarm: ## the sample skill on a Docker Swarm of this machine, from nothing to a spoken answer
	deploy/run-swarm

clean: ## remove what was built
	rm -rf bin $(addsuffix bin,$(SAMPLES))
