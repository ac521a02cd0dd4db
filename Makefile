# Everything a person does with this project. `make run` and `make test` work on a fresh Debian machine with Rust,
# Python 3 and pip.

.PHONY: run chat test check format lint lint-all walls setup weights

APT_PACKAGES = cmake clang libclang-dev perl
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

run: setup weights ## Builds and serves on http://127.0.0.1:8080.
	cargo run --release --package confidant -- serve

chat: setup weights ## Talks in the terminal.
	cargo run --release --package confidant -- chat

test: setup weights ## Installs what the tests need and runs them all.
	cargo test --workspace --locked
	cargo test --package store --locked --features encryption
	cargo test --package confidant --test it --locked --no-default-features --features encryption encryption

check: format lint walls test ## What has to pass before a change lands.

format:
	cargo fmt --all --check

lint: ## Without llama.cpp: what only the embedded chat model needs is linted by `make lint-all`.
	cargo clippy --workspace --all-targets --locked --no-default-features -- --deny warnings
	cargo clippy --package store --all-targets --locked --features encryption -- --deny warnings

lint-all: setup
	cargo clippy --workspace --all-targets --locked -- --deny warnings

walls: ## The walls between the crates stand.
	scripts/check-walls

setup: ## Debian packages that build the embedded chat model, and OpenSSL for the tests of encryption.
	@command -v cmake >/dev/null && command -v clang >/dev/null && perl -MIPC::Cmd -e 1 2>/dev/null || \
		{ $(SUDO) apt-get update -qq && $(SUDO) apt-get install --yes -qq $(APT_PACKAGES); }

weights: ## The files of the embedded models, under ./weights.
	@scripts/fetch-weights
