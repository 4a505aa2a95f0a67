# make          the program, as bin/backstay
# make test     the tests; needs Go and git only
# make check    everything that a change must pass
# make help     all targets

SHELL     := /bin/sh
GO        ?= go
FUZZTIME  ?= 10000x
BENCHTIME ?= 1s
PLATFORMS := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64

export CGO_ENABLED := 0
export GOTOOLCHAIN := local

.PHONY: build
build: ## build bin/backstay
	$(GO) build -trimpath -o bin/ ./cmd/backstay

# Nobody debugs these binaries: linked without DWARF, a package's takes half as long.
TEST = scripts/inmemory $(GO) test -ldflags=-w

.PHONY: test
test: ## run the tests, with a fifth of the random cases (under three minutes)
	$(TEST) -short ./...

# Packages that have longer suites: the tag is in no file that is not a test's.
LONGER = $(sort $(dir $(shell grep -rl --include='*_e2e_test.go' '^//go:build.*e2e' ./internal)))

.PHONY: e2e
e2e: ## run the longer suites, and the tests with all random cases
	$(TEST) -timeout 30m -tags e2e $(LONGER)
	$(TEST) ./...

.PHONY: race
race: ## run the tests with the race detector (needs a C compiler)
	CGO_ENABLED=1 $(TEST) -race ./...

.PHONY: lint
lint: bin/tools/golangci-lint ## formatting, vet, staticcheck, rules of the house
	bin/tools/golangci-lint run ./...

.PHONY: fmt
fmt: bin/tools/golangci-lint ## format the code
	bin/tools/golangci-lint fmt ./...

bin/tools/golangci-lint: tools/go.mod tools/go.sum
	$(GO) -C tools build -trimpath -buildvcs=false -o ../bin/tools/ github.com/golangci/golangci-lint/v2/cmd/golangci-lint
	@touch $@

.PHONY: fuzz
fuzz: ## run each fuzz target on FUZZTIME inputs (10000x)
	GO='$(GO)' scripts/fuzz $(FUZZTIME)

.PHONY: bench
bench: ## run the benchmarks, on BACKSTAY_BENCH_REPO if that is set
	$(GO) test -run='^$$' -bench=. -benchmem -benchtime=$(BENCHTIME) -timeout=0 ./...

# Clones of the tuning repositories, as name=folder, in one variable.
QUALITY ?= $(BACKSTAY_QUALITY)

.PHONY: quality
quality: ## fit the model to the clones in QUALITY="name=folder ..." and write docs/quality.md
	@test -n "$(QUALITY)" || { echo 'error: name clones: make quality QUALITY="redis=/path/to/redis ..."' >&2; exit 2; }
	$(GO) run ./internal/quality -ship internal/adapt/shipped.json.gz -report docs/quality.md $(if $(CACHE),-cache $(CACHE)) $(QUALITY)

.PHONY: transcripts
transcripts: build ## write docs/examples anew from the demo's repository
	scripts/transcripts

.PHONY: screenshots
screenshots: ## write the pictures in docs/examples anew (needs Chromium)
	scripts/screenshots

.PHONY: cross
cross: $(PLATFORMS:%=cross/%) ## build for all platforms into dist/

# No file is for one processor only, so vet looks at each system once; with the
# build's own flags it finds what the build compiled.
.PHONY: $(PLATFORMS:%=cross/%)
$(PLATFORMS:%=cross/%): cross/%:
	GOOS=$(*D) GOARCH=$(*F) $(GO) build -trimpath -ldflags='-s -w' \
		-o dist/backstay-$(*D)-$(*F)$(if $(filter windows,$(*D)),.exe) ./cmd/backstay
	$(if $(filter %/amd64,$*),GOOS=$(*D) GOARCH=$(*F) $(GO) vet -trimpath ./...)

.PHONY: check
check: build lint test cross fuzz e2e ## everything that a change must pass

.PHONY: clean
clean: ## remove what was built
	rm -rf bin dist

.PHONY: help
help: ## list the targets
	@sed -n 's/^\([a-z0-9]*\):.*## /\1	/p' Makefile
