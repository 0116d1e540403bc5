# Lineside. "make run" starts it, "make test" checks everything, "make help" lists the rest.

GO        ?= go
VERSION   ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS    = -s -w -X main.version=$(VERSION)
GO_SOURCES = $(shell git ls-files -co --exclude-standard '*.go' go.mod go.sum '*/manifest.json' 'examples/*.json')
TS_SOURCES = $(shell git ls-files -co --exclude-standard '*.ts' '*.tsx' '*.css' '*.html' '*/manifest.json' package-lock.json)
LISTEN    ?= 127.0.0.1:8080
DATA      ?= data

export CGO_ENABLED ?= 0
export GOFLAGS ?= -buildvcs=false

.PHONY: help build run test check unit go-test browser-test packages generate bench package clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort

build: bin/lineside ## build the pages and bin/lineside

run: build ## build and start with the demo plant at $(LISTEN)
	bin/lineside serve --demo --listen $(LISTEN) --data $(DATA)

test: packages check unit go-test browser-test ## run everything that CI runs
	@echo "make test: all passed"

node_modules/.package-lock.json: package.json package-lock.json .npmrc
	npm ci --no-progress
	@touch $@

test/peer/node/node_modules/.package-lock.json: test/peer/node/package-lock.json
	npm ci --no-progress --prefix test/peer/node
	npm rebuild --prefix test/peer/node --ignore-scripts=false node-snap7
	@touch $@

designer/dist/index.html: node_modules/.package-lock.json vite.config.ts $(TS_SOURCES)
	find designer/dist -mindepth 1 ! -name .gitkeep -delete
	npx vite build --logLevel warn

bin/lineside: designer/dist/index.html $(GO_SOURCES)
	$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o $@ ./cmd/lineside

packages: ## install the Debian packages that the tests need
	test/packages.sh

check: node_modules/.package-lock.json ## formatting, linters, types, generated files, who imports whom
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$unformatted" || { echo "not gofmt'ed: $$unformatted"; exit 1; }
	$(GO) vet ./...
	$(GO) run ./cmd/generate -check
	npx tsc --noEmit -p tsconfig.json
	npx biome check --error-on-warnings

unit: node_modules/.package-lock.json ## TypeScript unit tests
	npx vitest run

go-test: designer/dist/index.html test/peer/node/node_modules/.package-lock.json ## Go tests with the race detector, protocol peers included
	CGO_ENABLED=1 $(GO) test -race -shuffle=on -count=1 -timeout 20m ./...

browser-test: bin/lineside test/peer/node/node_modules/.package-lock.json ## the whole story in Chromium; pictures go to .screenshots/
	npx vitest run --config test/browser/vitest.config.ts

generate: ## write all generated files again
	$(GO) run ./cmd/generate

bench: bin/lineside ## measure and print the table of docs/guide/benchmarks.md
	$(GO) run ./bench

package: designer/dist/index.html ## cross-compile to dist/
	@for target in linux/amd64 linux/arm64 windows/amd64; do \
	  os=$${target%/*}; arch=$${target#*/}; ext=; test $$os != windows || ext=.exe; \
	  echo "dist/lineside-$$os-$$arch$$ext"; \
	  CGO_ENABLED=0 GOOS=$$os GOARCH=$$arch $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o dist/lineside-$$os-$$arch$$ext ./cmd/lineside || exit 1; \
	done

clean: ## remove what was built
	rm -rf bin dist
	find designer/dist -mindepth 1 ! -name .gitkeep -delete
