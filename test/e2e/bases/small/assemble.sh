# The trees of distroless, busybox and alpine look-alikes under /out, from Debian packages in /debs.
out=/out

# unpack DIR PACKAGE…
unpack() {
  dir=$1
  shift
  for package; do
    dpkg-deb --fsys-tarfile /debs/"${package}"_*.deb | tar -x -C "$dir" --keep-directory-symlink \
      --exclude=./usr/share/doc --exclude=./usr/share/man --exclude=./usr/share/lintian --exclude=./usr/share/info \
      --exclude=./usr/share/gdb
  done
}

# accounts DIR SHELL
accounts() {
  mkdir -p "$1/etc" "$1/root" "$1/home/nonroot" "$1/tmp"
  chmod 1777 "$1/tmp"
  chmod 700 "$1/root"
  printf '%s\n' "root:x:0:0:root:/root:$2" 'nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin' \
    'nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin' >"$1/etc/passwd"
  printf '%s\n' 'root:x:0:' 'nobody:x:65534:' 'nonroot:x:65532:' >"$1/etc/group"
  chown 65532:65532 "$1/home/nonroot"
}

merged() {
  mkdir -p "$1"
  for folder in bin sbin lib lib64; do
    mkdir -p "$1/usr/$folder"
    ln -s "usr/$folder" "$1/$folder"
  done
}

# Names in bin, sbin and usr lead to the one busybox.
applets() {
  mkdir -p "$1/bin" "$1/etc" "$1/dev" "$1/home" "$1/proc" "$1/root" "$1/run" "$1/sbin" "$1/sys" "$1/tmp" "$1/usr/bin" "$1/usr/sbin" "$1/var"
  cp /unpacked/bin/busybox "$1/bin/"
  for applet in $(/unpacked/bin/busybox --list-full); do
    case $applet in
    bin/busybox | linuxrc | */dpkg | */dpkg-deb | */rpm | */rpm2cpio) ;;
    *)
      mkdir -p "$1/${applet%/*}"
      [ -e "$1/$applet" ] || ln -s /bin/busybox "$1/$applet"
      ;;
    esac
  done
}

merged $out/static
unpack $out/static base-files netbase tzdata
accounts $out/static /sbin/nologin
mkdir -p $out/static/etc/ssl/certs
cp /etc/ssl/certs/ca-certificates.crt $out/static/etc/ssl/certs/
printf 'passwd: files\ngroup: files\nhosts: files dns\n' >$out/static/etc/nsswitch.conf

# Layers above the first hold only what they add; where they put it is a link in the first.
merged $out/base
unpack $out/base libc6 libssl3
merged $out/cc
unpack $out/cc libgcc-s1 libstdc++6 libgomp1
for layer in base cc; do
  for folder in bin sbin lib lib64; do rm "$out/$layer/$folder"; done
  find "$out/$layer" -depth -type d -empty -delete
done

mkdir /unpacked
unpack /unpacked busybox-static musl

applets $out/busybox
accounts $out/busybox /bin/sh

alpine=$out/alpine
applets $alpine
accounts $alpine /bin/sh
mkdir -p $alpine/lib/apk/db $alpine/etc/apk/keys $alpine/var/cache/apk $alpine/usr/local/bin $alpine/usr/share/standin $alpine/usr/lib
cp /unpacked/lib/x86_64-linux-musl/libc.so $alpine/lib/ld-musl-x86_64.so.1
ln -s ld-musl-x86_64.so.1 $alpine/lib/libc.musl-x86_64.so.1
# Debian's musl programs ask for libc.so, Alpine's for libc.musl-x86_64.so.1.
ln -s /lib/ld-musl-x86_64.so.1 $alpine/usr/lib/libc.so
cp /small/apk $alpine/sbin/apk
cp /small/curl /etc/ssl/certs/ca-certificates.crt $alpine/usr/share/standin/
# As in the package ca-certificates-bundle, which Alpine brings since 3.15.
mkdir -p $alpine/etc/ssl/certs
cp /etc/ssl/certs/ca-certificates.crt $alpine/etc/ssl/certs/
ln -s certs/ca-certificates.crt $alpine/etc/ssl/cert.pem
cp -r $out/static/usr/share/zoneinfo $alpine/usr/share/standin/
printf "P:ca-certificates-bundle\nV:0-standin\n\n" >$alpine/lib/apk/db/installed
echo 3.20.0 >$alpine/etc/alpine-release
printf '%s\n' 'NAME="Alpine Linux"' ID=alpine VERSION_ID=3.20.0 'PRETTY_NAME="Alpine Linux v3.20 (stand-in)"' >$alpine/etc/os-release
chmod 755 $alpine/sbin/apk $alpine/usr/share/standin/curl
# As in every image file of Debian's builds: one time for all.
find $out -exec touch -h -d @1700000000 {} +
