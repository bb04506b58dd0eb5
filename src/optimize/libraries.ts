import type { Suite } from '../knowledge/suites.ts';

/** What of a package with headers is needed at run time, by distribution. */
interface Library {
  readonly deb?: string;
  /** Names that changed with a release: from that release on. */
  readonly debFrom?: Readonly<Record<number, string>>;
  readonly apk?: string;
}

/** By the package's stem: `libpq-dev` (deb) and `libpq-dev` (apk) have one entry each. */
const LIBRARIES: Readonly<Record<string, Library>> = {
  'libsqlite3-dev': { deb: 'libsqlite3-0' },
  'sqlite-dev': { apk: 'sqlite-libs' },
  'libpq-dev': { deb: 'libpq5', apk: 'libpq' },
  'postgresql-dev': { apk: 'libpq' },
  'libssl-dev': { debFrom: { 10: 'libssl1.1', 12: 'libssl3', 13: 'libssl3t64' } },
  'openssl-dev': { apk: 'libssl3' },
  'zlib1g-dev': { deb: 'zlib1g' },
  'zlib-dev': { apk: 'zlib' },
  'libffi-dev': { debFrom: { 10: 'libffi6', 11: 'libffi7', 12: 'libffi8' }, apk: 'libffi' },
  'libxml2-dev': { debFrom: { 10: 'libxml2' }, apk: 'libxml2' },
  'libxslt1-dev': { deb: 'libxslt1.1' },
  'libxslt-dev': { apk: 'libxslt' },
  'libjpeg-dev': { deb: 'libjpeg62-turbo' },
  'libjpeg62-turbo-dev': { deb: 'libjpeg62-turbo' },
  'jpeg-dev': { apk: 'libjpeg-turbo' },
  'libpng-dev': { debFrom: { 10: 'libpng16-16', 13: 'libpng16-16t64' }, apk: 'libpng' },
  'libfreetype6-dev': { deb: 'libfreetype6' },
  'freetype-dev': { apk: 'freetype' },
  'libcurl4-openssl-dev': { debFrom: { 10: 'libcurl4', 13: 'libcurl4t64' } },
  'curl-dev': { apk: 'libcurl' },
  'libmariadb-dev': { deb: 'libmariadb3' },
  'default-libmysqlclient-dev': { deb: 'libmariadb3' },
  'mariadb-dev': { apk: 'mariadb-connector-c' },
  'libyaml-dev': { deb: 'libyaml-0-2' },
  'yaml-dev': { apk: 'yaml' },
  'libgmp-dev': { deb: 'libgmp10' },
  'gmp-dev': { apk: 'gmp' },
  'libpcre3-dev': { deb: 'libpcre3' },
  'libpcre2-dev': { deb: 'libpcre2-8-0' },
  'pcre2-dev': { apk: 'pcre2' },
  'libzmq3-dev': { deb: 'libzmq5' },
  'zeromq-dev': { apk: 'libzmq' },
  'libsodium-dev': { deb: 'libsodium23', apk: 'libsodium' },
  'libuv1-dev': { debFrom: { 10: 'libuv1', 13: 'libuv1t64' } },
  'libevent-dev': { debFrom: { 10: 'libevent-2.1-7' }, apk: 'libevent' },
  'libreadline-dev': { debFrom: { 10: 'libreadline8', 13: 'libreadline8t64' } },
  'libncurses-dev': { deb: 'libncursesw6' },
  'libpcap-dev': { debFrom: { 10: 'libpcap0.8', 13: 'libpcap0.8t64' }, apk: 'libpcap' },
  'librdkafka-dev': { deb: 'librdkafka1', apk: 'librdkafka' },
  libgomp1: { deb: 'libgomp1' },
  'libldap2-dev': { debFrom: { 10: 'libldap-2.4-2', 12: 'libldap-2.5-0', 13: 'libldap2' } },
  'libsasl2-dev': { deb: 'libsasl2-2' },
  'libopenblas-dev': { deb: 'libopenblas0-pthread' },
  'libvips-dev': { debFrom: { 10: 'libvips42', 13: 'libvips42t64' } },
  'vips-dev': { apk: 'vips' },
  'libmagickwand-dev': { debFrom: { 10: 'libmagickwand-6.q16-6', 13: 'libmagickwand-7.q16-10' } },
  'libtiff-dev': { debFrom: { 10: 'libtiff5', 12: 'libtiff6' } },
  'libwebp-dev': { debFrom: { 10: 'libwebp6', 12: 'libwebp7' } },
  'libbz2-dev': { deb: 'libbz2-1.0' },
  'liblzma-dev': { deb: 'liblzma5' },
  'libzstd-dev': { deb: 'libzstd1' },
  'zstd-dev': { apk: 'zstd-libs' },
  'xz-dev': { apk: 'xz-libs' },
  'bzip2-dev': { apk: 'libbz2' },
  'libncurses5-dev': { deb: 'libncurses6' },
  'libncursesw5-dev': { deb: 'libncursesw6' },
  'ncurses-dev': { apk: 'ncurses-libs' },
  'readline-dev': { apk: 'readline' },
  'libhiredis-dev': { debFrom: { 11: 'libhiredis0.14', 13: 'libhiredis1.1.0' } },
  'hiredis-dev': { apk: 'hiredis' },
  'libjansson-dev': { deb: 'libjansson4' },
  'jansson-dev': { apk: 'jansson' },
  'libjson-c-dev': { debFrom: { 11: 'libjson-c5' } },
  'json-c-dev': { apk: 'json-c' },
  'libcjson-dev': { deb: 'libcjson1' },
  'cjson-dev': { apk: 'cjson' },
  'libmicrohttpd-dev': { debFrom: { 10: 'libmicrohttpd12', 13: 'libmicrohttpd12t64' }, apk: 'libmicrohttpd' },
  'libglib2.0-dev': { debFrom: { 10: 'libglib2.0-0', 13: 'libglib2.0-0t64' } },
  'glib-dev': { apk: 'glib' },
  'libev-dev': { debFrom: { 10: 'libev4', 13: 'libev4t64' }, apk: 'libev' },
  'libuv-dev': { apk: 'libuv' },
  'libudev-dev': { deb: 'libudev1' },
  'eudev-dev': { apk: 'eudev-libs' },
  'libusb-1.0-0-dev': { deb: 'libusb-1.0-0' },
  'libusb-dev': { apk: 'libusb' },
  'libasound2-dev': { debFrom: { 10: 'libasound2', 13: 'libasound2t64' } },
  'alsa-lib-dev': { apk: 'alsa-lib' },
  'libdbus-1-dev': { deb: 'libdbus-1-3' },
  'dbus-dev': { apk: 'dbus-libs' },
  'uuid-dev': { deb: 'libuuid1' },
  'util-linux-dev': { apk: 'libuuid' },
  'libcap-dev': { deb: 'libcap2', apk: 'libcap2' },
  'libelf-dev': { debFrom: { 10: 'libelf1', 13: 'libelf1t64' } },
  'libssh2-1-dev': { debFrom: { 10: 'libssh2-1', 13: 'libssh2-1t64' } },
  'libssh2-dev': { apk: 'libssh2' },
  'libexpat1-dev': { deb: 'libexpat1' },
  'expat-dev': { apk: 'libexpat' },
  'libfmt-dev': { debFrom: { 11: 'libfmt7', 12: 'libfmt9', 13: 'libfmt10' } },
  'fmt-dev': { apk: 'fmt' },
};

/** Headers of the C library itself, which any image with it meets. */
const OF_LIBC = /^(?:libc6?-dev|musl-dev|linux-libc-dev|linux-headers|glibc-dev)$/;
/** Headers alone, libraries that are always linked in, and what comes with the compiler. */
const NOTHING =
  /^(?:libgtest-dev|gtest-dev|libgmock-dev|libeigen3-dev|eigen-dev|nlohmann-json3?-dev|nlohmann-json|libasio-dev|asio-dev|rapidjson-dev|libboost-dev|libgcc-\d+-dev|libstdc\+\+(?:-\d+)?-dev|libltdl-dev|libfl-dev|check-dev|libcatch2?-dev)$/;

/** The run-time package of one with headers; `none` when nothing is needed, undefined when it is not known. */
export function runtimeLibrary(name: string, suite: Suite | undefined): string | 'none' | undefined {
  if (OF_LIBC.test(name) || NOTHING.test(name)) return 'none';
  const library = Object.hasOwn(LIBRARIES, name) ? LIBRARIES[name]! : undefined;
  if (!library || !suite) return undefined;
  if (suite.distro === 'alpine') return library.apk;
  const order = suite.distro === 'debian' ? suite.order : ubuntuAsDebian(name, suite);
  if (order === undefined) return undefined;
  if (library.deb !== undefined) return library.deb;
  const releases = Object.entries(library.debFrom ?? {}).filter(([from]) => Number(from) <= order);
  return releases.at(-1)?.[1];
}

/** Packages whose names in Ubuntu are its own. */
const OTHER_IN_UBUNTU =
  /^lib(?:jpeg|tiff|magickwand|event|ncurses|hiredis|json-c|fmt|readline|mariadb|openblas)|^default-libmysql/;

/** The release of Debian whose names of libraries one of Ubuntu shares. */
function ubuntuAsDebian(name: string, { distro, order }: Suite): number | undefined {
  if (distro !== 'ubuntu' || order === undefined || OTHER_IN_UBUNTU.test(name)) return undefined;
  return order < 20 ? 10 : order < 22 ? 11 : order < 24 ? 12 : 13;
}
