#!/usr/bin/env bash
# The base images of the end-to-end tests, under their real names: pulled where an image registry answers, else stand-ins
# from Debian packages and this host's toolchains. Needs DOCKER_HOST; does nothing when they are there already.
#
#   make.sh WORK [engine network]     WORK: a folder for what is kept between runs
set -euo pipefail
shopt -s nullglob

work=$(mkdir -p "$1" && cd "$1" && pwd)
network=${2-}
here=$(cd "$(dirname "$0")" && pwd)
context=$work/context
started=$SECONDS

say() { printf 'bases [%3ds] %s\n' $((SECONDS - started)) "$*" >&2; }
die() { say "$@"; exit 1; }

# The first client that can talk BuildKit: a later one without its buildx plug-in cannot.
find_docker() {
  local client
  for client in $(type -ap docker); do
    if printf 'FROM scratch\nLABEL probe=1\n' | DOCKER_BUILDKIT=1 "$client" build -q - >/dev/null 2>&1; then
      echo "$client"
      return
    fi
  done
  return 1
}
docker=$(find_docker) || die 'no docker client here can build with BuildKit, or no engine answers'
export DOCKER_BUILDKIT=1

# ---- What this host has

has() { command -v "$1" >/dev/null; }
go_root=$(has go && go env GOROOT || true)
go_version=$(has go && go env GOVERSION | sed 's/^go//' || true)
rust_root=$(has rustc && rustc --print sysroot || true)
rust_version=$(has rustc && rustc --version | cut -d ' ' -f 2 || true)
node_version=$(has node && node --version | sed 's/^v//' || true)
npm_root=$(has npm && npm root --global 2>/dev/null || true)
python_root=$(has python3 && python3 -c 'import sys; print(sys.base_prefix)' || true)
python_version=$(has python3 && python3 -c 'import platform; print(platform.python_version())' || true)
[ "$python_root" != /usr ] || python_root= # a distribution's own Python is laid out in another way
java_root=$(has javac && dirname "$(dirname "$(readlink -f "$(command -v javac)")")" || true)
java_version=$(has javac && javac -version 2>&1 | cut -d ' ' -f 2 || true)
maven_root=$(has mvn && dirname "$(dirname "$(readlink -f "$(command -v mvn)")")" || true)
maven_version=$(has mvn && mvn --version 2>/dev/null | sed -n 's/^[^A]*Apache Maven \([0-9.]*\).*/\1/p' || true)
certificates=(/usr/local/share/ca-certificates/*.crt)
bundle=/etc/ssl/certs/ca-certificates.crt

minor() { echo "$1" | cut -d . -f 1,2; }
major() { echo "${1%%.*}"; }

# target: its names
names() {
  cat <<NAMES
gcc: gcc:12 gcc:12-bookworm
distroless-static: gcr.io/distroless/static-debian12 gcr.io/distroless/static-debian13 gcr.io/distroless/static
distroless-static-nonroot: gcr.io/distroless/static-debian12:nonroot gcr.io/distroless/static-debian13:nonroot gcr.io/distroless/static:nonroot
distroless-base: gcr.io/distroless/base-debian12 gcr.io/distroless/base-debian13 gcr.io/distroless/base
distroless-base-nonroot: gcr.io/distroless/base-debian12:nonroot gcr.io/distroless/base-debian13:nonroot gcr.io/distroless/base:nonroot
distroless-cc: gcr.io/distroless/cc-debian12 gcr.io/distroless/cc-debian13 gcr.io/distroless/cc
distroless-cc-nonroot: gcr.io/distroless/cc-debian12:nonroot gcr.io/distroless/cc-debian13:nonroot gcr.io/distroless/cc:nonroot
busybox: busybox busybox:1.36
alpine: alpine alpine:3 alpine:3.18 alpine:3.19 alpine:3.20 alpine:3.21 alpine:3.22 alpine:3.23
NAMES
  local v
  [ -z "$go_root" ] || v=$(minor "$go_version") && echo "golang: golang golang:1 golang:$v golang:$v-bookworm golang:1-bookworm"
  [ -z "$rust_root" ] || v=$(minor "$rust_version") && echo "rust: rust rust:1 rust:$v rust:$v-bookworm rust:1-bookworm"
  if [ -n "$node_version" ] && [ -d "$npm_root/npm" ]; then
    v=$(major "$node_version")
    echo "node-slim: node:$v-slim node:$v-bookworm-slim"
    echo "node: node:$v node:$v-bookworm"
  fi
  if [ -n "$python_root" ]; then
    v=$(minor "$python_version")
    echo "python-slim: python:$v-slim python:$v-slim-bookworm"
    echo "python: python:$v python:$v-bookworm"
  fi
  if [ -n "$java_root" ]; then
    v=$(major "$java_version")
    echo "jre: eclipse-temurin:$v-jre"
    echo "jdk: eclipse-temurin:$v eclipse-temurin:$v-jdk"
    [ -z "$maven_root" ] || echo "maven: maven:$(minor "$maven_version")-eclipse-temurin-$v"
  fi
}

# ---- There already, or to be had from a registry

key=$({
  cat "$bundle" "${certificates[@]}" 2>/dev/null || true
  find "$here" -type f -print0 | sort -z | xargs -0 cat
  names
  echo "$go_version $rust_version $node_version $python_version $java_version $maven_version"
} | sha256sum | cut -c 1-16)
marker=dockerfileopt/bases:$key
if "$docker" image inspect "$marker" >/dev/null 2>&1; then
  say "there already ($marker)"
  exit
fi

all_names() { names | cut -d : -f 2- | tr ' ' '\n' | sed '/^$/d'; echo debian:bookworm; echo debian:bookworm-slim; }

mark() {
  mkdir -p "$work/marker"
  all_names >"$work/marker/names"
  printf 'FROM scratch\nCOPY names /\n' | "$docker" build -q --label dev.dockerfileopt.bases="$1" -t "$marker" -f - "$work/marker" >/dev/null
}

if [ "${DOCKERFILEOPT_STANDINS-}" != 1 ] && timeout 20 "$docker" pull -q busybox:latest >/dev/null 2>&1; then
  say 'a registry answers: pulling'
  all_names | xargs -P 3 -n 1 "$docker" pull -q
  mark pulled
  say done
  exit
fi
say 'no image registry answers: making stand-ins'

# ---- debian:bookworm-slim

# Debian's addresses as this host has them, whichever of the two formats they are written in.
sources() {
  local file
  for file in /etc/apt/sources.list.d/*.sources; do
    awk -v RS= '/(^|\n)Types:[^\n]*deb/ && /debian/ && !/Enabled: *no/ {
      uris = suites = ""
      count = split($0, lines, "\n")
      for (i = 1; i <= count; i++) {
        if (lines[i] ~ /^URIs:/) uris = substr(lines[i], 6)
        if (lines[i] ~ /^Suites:/) suites = substr(lines[i], 8)
      }
      split(uris, uri, " ")
      n = split(suites, suite, " ")
      for (i = 1; i <= n; i++) print "deb", uri[1], suite[i], "main"
    }' "$file"
  done
  sed -n 's/^deb  *\(\[[^]]*\] *\)\{0,1\}\([^ ]*\)  *\([^ ]*\) .*/deb \2 \3 main/p' /etc/apt/sources.list 2>/dev/null || true
}

make_slim() {
  local hook=$work/hook.sh tar=$work/slim.$key.tar list
  mapfile -t list < <(sources | grep -E ' bookworm(-updates|-security)? main$' | sort -u)
  [ ${#list[@]} -gt 0 ] || die 'this host names no Debian 12 package source'
  cat >"$hook" <<'HOOK'
set -e
root=$1
echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/docker-apt-speedup"
cat >"$root/etc/apt/apt.conf.d/docker-clean" <<'CLEAN'
DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb /var/cache/apt/*.bin || true"; };
APT::Update::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb /var/cache/apt/*.bin || true"; };
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
CLEAN
for setting in /etc/apt/apt.conf.d/99*; do [ ! -f "$setting" ] || cp "$setting" "$root/etc/apt/apt.conf.d/"; done
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/* "$root"/var/log/* "$root"/var/cache/debconf/*-old "$root"/var/lib/dpkg/*-old "$root/etc/machine-id"
mkdir -p "$root/usr/local/share/ca-certificates"
for certificate in /usr/local/share/ca-certificates/*.crt; do
  [ ! -f "$certificate" ] || cp "$certificate" "$root/usr/local/share/ca-certificates/"
done
HOOK
  if [ ! -s "$tar" ]; then
    rm -rf "$work"/slim.*
    SOURCE_DATE_EPOCH=1700000000 nice mmdebstrap --quiet --variant=minbase --skip=cleanup/apt --mode=root \
      --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr --include=usr-is-merged --aptopt='Acquire::Languages "none"' \
      --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
      --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
      --dpkgopt='path-exclude=/usr/share/info/*' --customize-hook="sh $hook \"\$1\"" \
      bookworm "$work/slim.part.tar" "${list[@]}" >"$work/slim.log" 2>&1 || {
      tail -n 30 "$work/slim.log" >&2
      die 'mmdebstrap failed'
    }
    mv "$work/slim.part.tar" "$tar"
  fi
  "$docker" import -m stand-in -c 'CMD ["bash"]' -c 'LABEL dev.dockerfileopt.standin=true' \
    -c 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' "$tar" debian:bookworm-slim >/dev/null
  "$docker" tag debian:bookworm-slim debian:bookworm
  say debian:bookworm-slim
}

# ---- The context: toolchains, and how this host reaches the package registries

# Links where both are on one file system: nothing of it is written to.
put() { mkdir -p "$2" && { cp -al "$1"/. "$2" 2>/dev/null || cp -a "$1"/. "$2"; }; }
set_in() { [ -z "$3" ] || printf "$2\n" "$3" >>"$1"; }

fill_go() {
  put "$go_root" "$context/go"
  rm -rf "$context/go/test"
  if [ -f "$context/go/go.env" ]; then
    cp --remove-destination "$go_root/go.env" "$context/go/go.env"
    set_in "$context/go/go.env" 'GOPROXY=%s' "$(go env GOPROXY)"
    set_in "$context/go/go.env" 'GOSUMDB=%s' "$(go env GOSUMDB)"
  fi
}

fill_rust() {
  local chain=$context/rust/rustup/toolchains/$rust_version-x86_64-unknown-linux-gnu bin=$context/rust/cargo/bin tool
  mkdir -p "$chain" "$bin"
  for tool in bin etc lib libexec; do [ ! -d "$rust_root/$tool" ] || put "$rust_root/$tool" "$chain/$tool"; done
  printf 'version = "12"\ndefault_toolchain = "%s"\nprofile = "minimal"\n\n[overrides]\n' "${chain##*/}" >"$context/rust/rustup/settings.toml"
  if has rustup; then
    cp "$(readlink -f "$(command -v rustup)")" "$bin/rustup"
    for tool in cargo rustc rustdoc rustfmt cargo-fmt cargo-clippy clippy-driver; do ln "$bin/rustup" "$bin/$tool"; done
  else
    for tool in "$chain"/bin/*; do ln -s "/usr/local/rustup/toolchains/${chain##*/}/bin/${tool##*/}" "$bin/${tool##*/}"; done
  fi
  local config=${CARGO_HOME:-$HOME/.cargo}/config.toml
  [ ! -f "$config" ] || cp "$config" "$context/rust/cargo/config.toml"
}

fill_node() {
  local slim=$context/node/slim full=$context/node/full module node
  node=$(readlink -f "$(command -v node)")
  mkdir -p "$slim/bin" "$slim/etc" "$slim/lib/node_modules" "$slim/share" "$full/etc"
  ln "$node" "$slim/bin/node" 2>/dev/null || cp "$node" "$slim/bin/node"
  ln -s node "$slim/bin/nodejs"
  for module in npm corepack; do [ ! -d "$npm_root/$module" ] || put "$npm_root/$module" "$slim/lib/node_modules/$module"; done
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$slim/bin/npm"
  ln -s ../lib/node_modules/npm/bin/npx-cli.js "$slim/bin/npx"
  [ ! -d "$slim/lib/node_modules/corepack" ] || ln -s ../lib/node_modules/corepack/dist/corepack.js "$slim/bin/corepack"
  install -m 755 "$here/layout/node-entrypoint.sh" "$slim/bin/docker-entrypoint.sh"
  if [ -f "$bundle" ]; then
    cp "$bundle" "$slim/share/host-certificates.pem"
    echo cafile=/usr/local/share/host-certificates.pem >"$slim/etc/npmrc"
  fi
  set_in "$slim/etc/npmrc" 'registry=%s' "$(cd / && npm config get registry 2>/dev/null)"
  # Headers for native modules.
  local headers=${node%/bin/node}/include/node
  if [ -d "$headers" ]; then
    put "$headers" "$full/include/node"
    cp "$slim/etc/npmrc" "$full/etc/npmrc"
    echo nodedir=/usr/local >>"$full/etc/npmrc"
  fi
}

fill_python() {
  local python=$context/python v file
  v=$(minor "$python_version")
  mkdir -p "$python/bin" "$python/include" "$python/lib"
  cp -a "$python_root/bin/python$v" "$python/bin/"
  ln -s "python$v" "$python/bin/python3"
  ln -s "python$v" "$python/bin/python"
  cp -a "$python_root/include/python$v" "$python/include/"
  cp -a "$python_root"/lib/libpython*.so* "$python/lib/"
  tar -C "$python_root/lib" -c --exclude=site-packages --exclude=__pycache__ --exclude='*.a' --exclude="python$v/test" \
    --exclude=idlelib --exclude=turtledemo --exclude='_tkinter*' "python$v" | tar -x -C "$python/lib"
  mkdir -p "$python/lib/python$v/site-packages"
  # What it was built with names the folder it was built in.
  grep -rlIF "$python_root" "$python" | while read -r file; do sed -i "s|$python_root|/usr/local|g" "$file"; done
  printf '[global]\n' >"$python/pip.conf"
  [ ! -f "$bundle" ] || { mkdir -p "$python/share" && cp "$bundle" "$python/share/host-certificates.pem" && echo cert=/usr/local/share/host-certificates.pem >>"$python/pip.conf"; }
  set_in "$python/pip.conf" 'index-url=%s' "$(python3 -m pip config get global.index-url 2>/dev/null || true)"
}

fill_java() {
  local jdk=$context/java/jdk jre=$context/java/jre name
  mkdir -p "$context/java"
  # Some of its links lead to packages that are not installed.
  cp -rL --preserve=mode,timestamps "$java_root" "$jdk" 2>/dev/null || [ -x "$jdk/bin/javac" ]
  rm -rf "$jdk/lib/src.zip" "$jdk/docs" "$jdk/man"
  # The run-time half is what needs no compiler: the same modules without the tools and their parts.
  cp -al "$jdk" "$jre"
  rm -rf "$jre/jmods" "$jre/include" "$jre/lib/ct.sym"
  for name in "$jre"/bin/*; do
    case ${name##*/} in java | jfr | jrunscript | keytool | rmiregistry) ;; *) rm "$name" ;; esac
  done
}

fill_maven() {
  mkdir -p "$context/maven/usr/share" "$context/maven/usr/bin" "$context/maven/usr/local/bin" "$context/maven/root/.m2"
  cp -rL --preserve=mode,timestamps "$maven_root" "$context/maven/usr/share/maven"
  ln -s ../share/maven/bin/mvn "$context/maven/usr/bin/mvn"
  install -m 755 "$here/layout/mvn-entrypoint.sh" "$context/maven/usr/local/bin/"
  [ ! -f "$HOME/.m2/settings.xml" ] || cp "$HOME/.m2/settings.xml" "$context/maven/root/.m2/"
}

fill_context() {
  rm -rf "$context"
  mkdir -p "$context"/{go,rust/rustup,rust/cargo,node/slim,node/full,python,java,maven}
  cp -a "$here/tools" "$here/small" "$context/"
  all_names >"$context/names"
  # Not behind `&&` or `||`, where a failing command inside would pass unnoticed.
  if [ -n "$go_root" ]; then fill_go; fi
  if [ -n "$rust_root" ]; then fill_rust; fi
  if [ -n "$node_version" ]; then fill_node; fi
  if [ -n "$python_root" ]; then fill_python; fi
  if [ -n "$java_root" ]; then fill_java; fi
  if [ -n "$maven_root" ]; then fill_maven; fi
  say 'context of toolchains'
}

# build TARGET NAME…
build() {
  local target=$1 from=$SECONDS name tags=()
  shift
  for name; do tags+=(-t "$name"); done
  nice "$docker" build --progress=plain ${network:+--network=$network} --label dev.dockerfileopt.standin=true --target "$target" "${tags[@]}" \
    --build-arg GO_VERSION="$go_version" --build-arg RUST_VERSION="$rust_version" --build-arg NODE_VERSION="$node_version" \
    --build-arg PYTHON_VERSION="$python_version" --build-arg JAVA_VERSION="$java_version" --build-arg MAVEN_VERSION="$maven_version" \
    -f "$here/Dockerfile" "$context" >"$work/$target.log" 2>&1 || {
    tail -n 30 "$work/$target.log" >&2
    return 1
  }
  say "$target ($((SECONDS - from))s): $*"
}

# Several at once: some wait for the network while others unpack.
build_all() {
  local target list jobs=() job failed=0
  while IFS=: read -r target list; do
    # shellcheck disable=SC2086
    build "$target" $list &
    jobs+=($!)
    while [ "$(jobs -rp | wc -l)" -ge "${1:-3}" ]; do sleep 0.2; done
  done < <(names | sed 's/: */:/')
  for job in "${jobs[@]}"; do wait "$job" || failed=1; done
  return $failed
}

mkdir -p "$work"
fill_context &
filling=$!
make_slim
wait "$filling"
build_all 3
mark standin
rm -rf "$context"
say "done: $(all_names | wc -l) names"
