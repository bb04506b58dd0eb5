import type { Ecosystem } from './images.ts';

/** How a program of a language is linked statically, and what it is linked with when nothing is said. */
export interface StaticLinking {
  /** What to add to the build, as it is written in a Dockerfile. */
  flag: string;
  /** Where `flag` goes. */
  place: 'environment' | 'argument';
  /** Why the default is dynamic, as a clause that can follow "because". */
  because: string;
  /** What else has to be true for the flag to work. */
  needs?: string;
  /** Arguments or settings that say that the build is static already. */
  already: RegExp;
  /** Static by default when built on musl (Alpine). */
  staticOnMusl: boolean;
}

/** Go with packages that use cgo (`import "C"`, or CGO_ENABLED=1 on purpose), where switching cgo off would change the program. */
export const goWithCgo: StaticLinking = {
  flag: `-ldflags '-linkmode external -extldflags "-static"'`,
  place: 'argument',
  because: 'the packages that use cgo are linked with the libc of the image',
  needs: 'static libraries of everything that cgo links; with glibc add `-tags netgo,osusergo`',
  already: /-extldflags[ =]*\\?["']?[^"']{0,200}-static/,
  staticOnMusl: false,
};

const LINKING: Partial<Record<Ecosystem, StaticLinking>> = {
  go: {
    flag: 'CGO_ENABLED=0',
    place: 'environment',
    because: 'the image has a C compiler, so `net` and `os/user` are linked with its libc',
    already: /CGO_ENABLED=["']?0|-extldflags[ =]*\\?["']?[^"']{0,200}-static/,
    staticOnMusl: false,
  },
  rust: {
    flag: 'RUSTFLAGS="-C target-feature=+crt-static"',
    place: 'environment',
    because: 'the gnu target links libc and libgcc_s dynamically',
    needs:
      'an explicit `--target`, so that build scripts and procedural macros are not affected; or a musl target such as `--target x86_64-unknown-linux-musl`',
    already: /\+crt-static|-(?:unknown-)?linux-musl/,
    staticOnMusl: true,
  },
  c: {
    flag: '-static',
    place: 'argument',
    because: 'the linker takes shared libraries where it finds them',
    needs:
      'static libraries (`libc6-dev` has them; on Alpine `musl-dev` and the `-static` packages); a static glibc cannot look up names through NSS',
    already: /(?:^|[\s"'=,])-(?:static|static-pie|all-static)(?=$|[\s"',])|CMAKE_EXE_LINKER_FLAGS\S*-static/,
    staticOnMusl: false,
  },
  haskell: {
    flag: `--ghc-options='-optl-static -optl-pthread'`,
    place: 'argument',
    because: 'GHC links libc, libgmp and others dynamically',
    needs: 'static libraries of gmp, zlib and libc; best on Alpine (`--enable-executable-static` with cabal)',
    already: /-optl-?-?static|-optl=-static|--enable-executable-static|-static\b/,
    staticOnMusl: false,
  },
  swift: {
    flag: '--static-swift-stdlib',
    place: 'argument',
    because: "the program is linked with Swift's own shared libraries and with glibc",
    needs:
      'glibc is still dynamic: use a runtime with the same release, or the static SDK (`--swift-sdk x86_64-swift-linux-musl`) for scratch',
    already: /-linux-musl|-static-executable/,
    staticOnMusl: false,
  },
  nim: {
    flag: '--passL:-static',
    place: 'argument',
    because: 'the C compiler behind Nim links libc dynamically',
    already: /--passL[:=]["']?-static|-l[:=]["']?-static/i,
    staticOnMusl: false,
  },
  crystal: {
    flag: '--static',
    place: 'argument',
    because: 'Crystal links libgc, libevent, pcre and libc dynamically',
    needs: 'an Alpine image of the compiler (`crystallang/crystal:*-alpine`): glibc is not made for static linking',
    already: /--static\b/,
    staticOnMusl: false,
  },
  graalvm: {
    flag: '--static --libc=musl',
    place: 'argument',
    because: 'a native image links libc and zlib dynamically',
    needs: 'a musl toolchain; `--static-nolibc` for a base with glibc such as distroless/base',
    already: /--static(?![-\w])/,
    staticOnMusl: false,
  },
  ocaml: {
    flag: '-ccopt -static',
    place: 'argument',
    because: 'the C linker behind OCaml links libc and libm dynamically',
    already: /-ccopt\s+["']?-static|-static\b/,
    staticOnMusl: false,
  },
};

/** The advice for a language, or nothing when its programs are static by default or cannot be. */
export function staticLinking(ecosystem: Ecosystem): StaticLinking | undefined {
  return LINKING[ecosystem];
}
