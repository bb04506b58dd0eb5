import { isWindowsImage, runtimeImage, sdkImage, shellOf } from '../../src/knowledge/images.ts';
import { canonicalRepository } from '../../src/knowledge/repositories.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('knowledge/images');

function split(image: string): [repository: string, tag: string | undefined] {
  const colon = image.lastIndexOf(':');
  return colon > image.lastIndexOf('/') ? [image.slice(0, colon), image.slice(colon + 1)] : [image, undefined];
}

function sdk(image: string): string | undefined {
  const found = sdkImage(...split(image));
  return found && [found.ecosystem, found.output, found.libc, ...(found.slim ? ['slim'] : [])].join(' ');
}

const SDKS: Record<string, string> = {
  golang: 'go native glibc',
  'golang:1.22': 'go native glibc',
  'golang:1.22-bookworm': 'go native glibc',
  'golang:1.22-alpine': 'go native musl',
  'golang:alpine3.19': 'go native musl',
  'public.ecr.aws/docker/library/golang:1.22': 'go native glibc',
  'mirror.gcr.io/library/golang:alpine': 'go native musl',
  'docker.io/library/golang': 'go native glibc',
  'cgr.dev/chainguard/go:latest': 'go native glibc',
  'registry.access.redhat.com/ubi9/go-toolset:1.21': 'go native glibc',
  'bitnami/golang:1.22': 'go native glibc',
  'rust:1': 'rust native glibc',
  'rust:1.75-slim-bookworm': 'rust native glibc slim',
  'rust:1.75-alpine3.19': 'rust native musl',
  'rustlang/rust:nightly': 'rust native glibc',
  'gcc:12': 'c native glibc',
  'buildpack-deps:bookworm': 'c native glibc',
  'node:20': 'node source glibc',
  'node:lts-bookworm': 'node source glibc',
  'python:3.12': 'python source glibc',
  'pypy:3.10': 'python source glibc',
  'ruby:3.3': 'ruby source glibc',
  'perl:5.38': 'perl source glibc',
  'openjdk:17-jdk-slim': 'java vm glibc slim',
  'openjdk:11': 'java vm glibc',
  'openjdk:8-jdk-alpine': 'java vm musl',
  'eclipse-temurin:17': 'java vm glibc',
  'eclipse-temurin:17-jdk': 'java vm glibc',
  'eclipse-temurin:17-jdk-alpine': 'java vm musl',
  'amazoncorretto:17': 'java vm glibc',
  'ibm-semeru-runtimes:open-17-jdk': 'java vm glibc',
  'maven:3.9-eclipse-temurin-17': 'java vm glibc',
  'maven:3-jdk-8-alpine': 'java vm musl',
  'gradle:8.5-jdk21': 'java vm glibc',
  'registry.access.redhat.com/ubi9/openjdk-17': 'java vm glibc',
  'mcr.microsoft.com/dotnet/sdk:8.0': 'dotnet vm glibc',
  'mcr.microsoft.com/dotnet/sdk:8.0-alpine': 'dotnet vm musl',
  'microsoft/dotnet:2.1-sdk': 'dotnet vm glibc',
  'haskell:9.4-slim': 'haskell native glibc slim',
  'swift:5.9': 'swift native glibc',
  'swift:5.9-jammy': 'swift native glibc',
  'elixir:1.16-alpine': 'elixir vm musl',
  'erlang:26': 'erlang vm glibc',
  'composer:2': 'php source musl',
  'clojure:temurin-17-lein': 'clojure vm glibc',
  'sbtscala/scala-sbt:eclipse-temurin-17.0.4_1.7.1_3.2.0': 'scala vm glibc',
  'dart:stable': 'dart native glibc',
  'crystallang/crystal:1.10-alpine': 'crystal native musl',
  'nimlang/nim:2.0.0-alpine': 'nim native musl',
  'ocaml/opam:debian-12-ocaml-4.14': 'ocaml native glibc',
  'ocaml/opam:alpine-3.19-ocaml-5.1': 'ocaml native musl',
  'ghcr.io/graalvm/native-image-community:21': 'graalvm native glibc',
  'ghcr.io/graalvm/native-image-community:21-muslib': 'graalvm native glibc',
  'emscripten/emsdk:3.1.50': 'emscripten source glibc',
  'registry.access.redhat.com/ubi8/nodejs-18': 'node source glibc',
  'cgr.dev/chainguard/node:latest-dev': 'node source glibc',
  'caddy:2-builder': 'go native musl',
};

for (const [image, expected] of Object.entries(SDKS)) test(`SDK: ${image}`, () => assert.is(sdk(image), expected));

test('images that are for running', () => {
  const images = [
    'node:20-slim',
    'node:20-alpine',
    'node:20-bookworm-slim',
    'python:3.12-slim',
    'python:3.12-alpine',
    'ruby:3.3-slim',
    'perl:5-slim',
    'openjdk:8-jre',
    'openjdk:11-jre-slim',
    'eclipse-temurin:17-jre',
    'eclipse-temurin:17-jre-alpine',
    'mcr.microsoft.com/dotnet/aspnet:8.0',
    'mcr.microsoft.com/dotnet/runtime-deps:8.0',
    'microsoft/dotnet:2.1-aspnetcore-runtime',
    'swift:5.9-slim',
    'swift:5.9-jammy-slim',
    'php:8.2-fpm',
    'buildpack-deps:curl',
    'buildpack-deps:bookworm-scm',
    'registry.access.redhat.com/ubi8/nodejs-18-minimal',
    'registry.access.redhat.com/ubi9/openjdk-17-runtime',
    'cgr.dev/chainguard/node:latest',
    'ibmjava:8-jre',
    'amazoncorretto:8-al2023-jre',
    'debian',
    'ubuntu:22.04',
    'alpine',
    'scratch',
    'gcr.io/distroless/java17-debian12',
    'nginx',
    'caddy:2',
    'someone/golang-app',
    'example.com/golang',
    'golang:1.22-nanoserver',
    'golang:windowsservercore-ltsc2022',
  ];
  for (const image of images) assert.is(sdk(image), undefined, image);
});

const LADDERS: Record<string, string> = {
  'golang:1.22': 'scratch gcr.io/distroless/static-debian13 debian:bookworm-slim',
  'golang:1.22-alpine3.19': 'scratch gcr.io/distroless/static-debian13 alpine:3.19',
  'rust:1-slim-bookworm': 'gcr.io/distroless/cc-debian13 debian:bookworm-slim',
  'rust:1-slim-bullseye': 'debian:bullseye-slim',
  'rust:alpine3.19': 'alpine:3.19',
  'gcc:12': 'gcr.io/distroless/cc-debian13 debian:bookworm-slim',
  'node:20': 'node:20-slim',
  node: 'node:slim',
  'node:20.11.1-bookworm': 'node:20.11.1-bookworm-slim',
  'python:3.12-bookworm': 'python:3.12-slim-bookworm',
  'ruby:3.3-bookworm': 'ruby:3.3-slim-bookworm',
  'eclipse-temurin:17-jdk': 'eclipse-temurin:17-jre-alpine eclipse-temurin:17-jre',
  'maven:3.9-eclipse-temurin-21': 'eclipse-temurin:21-jre-alpine eclipse-temurin:21-jre',
  'gradle:8.5-jdk21': 'eclipse-temurin:21-jre-alpine eclipse-temurin:21-jre',
  'openjdk:8': 'eclipse-temurin:8-jre-alpine eclipse-temurin:8-jre',
  'mcr.microsoft.com/dotnet/sdk:8.0-alpine':
    'mcr.microsoft.com/dotnet/runtime-deps:8.0-alpine mcr.microsoft.com/dotnet/runtime:8.0-alpine mcr.microsoft.com/dotnet/aspnet:8.0-alpine',
  'mcr.microsoft.com/dotnet/sdk:8.0.404-jammy':
    'mcr.microsoft.com/dotnet/runtime-deps:8.0-jammy mcr.microsoft.com/dotnet/runtime:8.0-jammy mcr.microsoft.com/dotnet/aspnet:8.0-jammy',
  'swift:5.9-jammy': 'ubuntu:jammy swift:5.9-jammy-slim',
  'registry.access.redhat.com/ubi9/openjdk-17:1.18': 'registry.access.redhat.com/ubi9/openjdk-17-runtime:1.18',
  'cgr.dev/chainguard/go:latest': 'cgr.dev/chainguard/static',
};

for (const [image, expected] of Object.entries(LADDERS)) {
  test(`runtimes of ${image}`, () => assert.is(sdkImage(...split(image))?.runtimes.join(' '), expected));
}

test('an SDK carries the commands of its language', () => {
  assert.ok(sdkImage('golang', '1.22')?.tools.includes('go'));
  assert.ok(sdkImage('golang', '1.22')?.tools.includes('gcc'));
  assert.not.ok(sdkImage('golang', '1.22-alpine')?.tools.includes('gcc'));
  assert.ok(sdkImage('rust', '1-slim')?.tools.includes('gcc'));
  assert.ok(sdkImage('maven', '3')?.tools.includes('mvn'));
  assert.ok(sdkImage('node', '20')?.interpreter);
  assert.not.ok(sdkImage('golang', '1.22')?.interpreter);
  assert.not.ok(sdkImage('maven', '3')?.interpreter);
});

function run(image: string): string | undefined {
  const found = runtimeImage(...split(image));
  return found && [found.family, found.libc, found.shell ? 'sh' : '-', found.packageManager ?? '-'].join(' ');
}

const RUNTIMES: Record<string, string> = {
  scratch: 'scratch none - -',
  busybox: 'busybox glibc sh -',
  'busybox:1.30': 'busybox none sh -',
  'busybox:1.36.1': 'busybox glibc sh -',
  'busybox:musl': 'busybox none sh -',
  'busybox:1.36-uclibc': 'busybox none sh -',
  'busybox:1.30-glibc': 'busybox glibc sh -',
  'alpine:3.19': 'alpine musl sh apk',
  'debian:bookworm-slim': 'debian glibc sh apt',
  'ubuntu:22.04': 'ubuntu glibc sh apt',
  'gcr.io/distroless/static': 'distroless none - -',
  'gcr.io/distroless/static-debian12:nonroot': 'distroless none - -',
  'gcr.io/distroless/static-debian12:debug-nonroot': 'distroless none sh -',
  'gcr.io/distroless/base-nossl-debian12': 'distroless glibc - -',
  'gcr.io/distroless/cc-debian12:debug': 'distroless glibc sh -',
  'gcr.io/distroless/java17-debian12': 'distroless glibc - -',
  'gcr.io/distroless/nodejs20-debian12:latest': 'distroless glibc - -',
  'gcr.io/distroless/python3-debian12': 'distroless glibc - -',
  'cgr.dev/chainguard/static': 'wolfi none - -',
  'cgr.dev/chainguard/glibc-dynamic': 'wolfi glibc - -',
  'cgr.dev/chainguard/glibc-dynamic:latest-dev': 'wolfi glibc sh apk',
  'cgr.dev/chainguard/wolfi-base': 'wolfi glibc sh apk',
  'fedora:40': 'rpm glibc sh dnf',
  'centos:7': 'rpm glibc sh yum',
  'rockylinux:9': 'rpm glibc sh dnf',
  'rockylinux:9-minimal': 'rpm glibc sh microdnf',
  'almalinux:8': 'rpm glibc sh dnf',
  'oraclelinux:8-slim': 'rpm glibc sh microdnf',
  'amazonlinux:2': 'rpm glibc sh yum',
  'amazonlinux:2023': 'rpm glibc sh dnf',
  'registry.access.redhat.com/ubi9/ubi': 'rpm glibc sh dnf',
  'registry.access.redhat.com/ubi9/ubi-minimal:9.3': 'rpm glibc sh microdnf',
  'registry.access.redhat.com/ubi9-minimal': 'rpm glibc sh microdnf',
  'registry.access.redhat.com/ubi9/ubi-micro': 'rpm glibc sh -',
  'redhat/ubi8': 'rpm glibc sh dnf',
  archlinux: 'arch glibc sh pacman',
  'opensuse/leap:15.5': 'opensuse glibc sh zypper',
  'node:20-slim': 'debian glibc sh apt',
  'node:20-alpine': 'alpine musl sh apk',
  'python:3.12-slim-bookworm': 'debian glibc sh apt',
  'nginx:1.25': 'debian glibc sh apt',
  'nginx:alpine': 'alpine musl sh apk',
  'postgres:16-alpine3.19': 'alpine musl sh apk',
  'eclipse-temurin:17-jre': 'ubuntu glibc sh apt',
  'eclipse-temurin:17-jre-alpine': 'alpine musl sh apk',
  'eclipse-temurin:17-jre-ubi9-minimal': 'rpm glibc sh microdnf',
  'mcr.microsoft.com/dotnet/aspnet:8.0': 'debian glibc sh apt',
  'mcr.microsoft.com/dotnet/aspnet:8.0-alpine3.19': 'alpine musl sh apk',
  'mcr.microsoft.com/dotnet/runtime-deps:8.0-jammy-chiseled': 'distroless glibc - -',
  'mcr.microsoft.com/dotnet/aspnet:8.0-noble-chiseled-extra': 'distroless glibc - -',
  'mcr.microsoft.com/dotnet/runtime:8.0-azurelinux3.0': 'rpm glibc sh tdnf',
};

for (const [image, expected] of Object.entries(RUNTIMES))
  test(`runtime: ${image}`, () => assert.is(run(image), expected));

test('unknown images are not guessed at', () => {
  const images = [
    'someone/app',
    'example.com/team/alpine-app:1',
    'gcr.io/distroless/unheard-of',
    'cgr.dev/chainguard/nginx',
    'mcr.microsoft.com/windows/nanoserver:ltsc2022',
    'mcr.microsoft.com/dotnet/aspnet:8.0-nanoserver-ltsc2022',
    'toString',
    'constructor',
  ];
  for (const image of images) {
    assert.is(run(image), undefined, image);
    assert.is(sdk(image), undefined, image);
    assert.is(shellOf(...split(image)), undefined, image);
  }
});

test('accounts', () => {
  const users = (image: string) => runtimeImage(...split(image))?.users ?? [];
  const there: Record<string, string> = {
    'node:20': 'node',
    'node:20-alpine': 'node',
    nginx: 'nginx',
    'nginx:alpine': 'nginx',
    'gcr.io/distroless/static': 'nonroot',
    'gcr.io/distroless/base-debian12': 'nobody',
    'debian:12': 'www-data',
    'ubuntu:22.04': 'nobody',
    'ubuntu:24.04': 'ubuntu',
    'alpine:3.19': 'nobody',
    'alpine:3.18': 'guest',
    'mcr.microsoft.com/dotnet/aspnet:8.0': 'app',
    'postgres:16': 'postgres',
    'redis:7-alpine': 'redis',
    'php:8.2-fpm-alpine': 'www-data',
    'gradle:8-jdk17': 'gradle',
    'registry.access.redhat.com/ubi9/nodejs-20': 'default',
    busybox: 'www-data',
    'fedora:40': 'nobody',
  };
  for (const [image, name] of Object.entries(there)) assert.ok(users(image).includes(name), `${image} ${name}`);
  const missing: Record<string, string> = {
    scratch: 'nobody',
    'alpine:3.19': 'www-data',
    'alpine:3.20': 'nonroot',
    'debian:12': 'nonroot',
    'debian:bookworm': 'node',
    'ubuntu:22.04': 'ubuntu',
    'gcr.io/distroless/static': 'www-data',
    'fedora:40': 'www-data',
    'python:3.12-slim': 'python',
    'mcr.microsoft.com/dotnet/runtime:6.0': 'app',
    busybox: 'nonroot',
  };
  for (const [image, name] of Object.entries(missing)) assert.not.ok(users(image).includes(name), `${image} ${name}`);
  for (const image of Object.keys(RUNTIMES))
    assert.not.ok(users(image).includes('root'), `${image}: root is not beside root`);
});

test('shells', () => {
  assert.equal(shellOf('debian', '12'), { sh: 'dash', bash: true });
  assert.equal(shellOf('alpine', undefined), { sh: 'ash', bash: false });
  assert.equal(shellOf('centos', '7'), { sh: 'bash', bash: true });
  assert.equal(shellOf('scratch', undefined), { sh: 'none', bash: false });
  assert.equal(shellOf('gcr.io/distroless/static', 'debug'), { sh: 'ash', bash: false });
});

test('CA certificates and C++', () => {
  assert.is(runtimeImage('scratch', undefined)?.hasCa, false);
  assert.is(runtimeImage('debian', '12-slim')?.hasCa, false);
  assert.is(runtimeImage('alpine', '3.19')?.hasCa, true);
  assert.is(runtimeImage('gcr.io/distroless/static', undefined)?.hasCa, true);
  assert.is(runtimeImage('node', '20-slim')?.hasCa, false);
  assert.is(runtimeImage('python', '3.12-slim')?.hasCa, true);
  assert.is(runtimeImage('gcr.io/distroless/base', undefined)?.hasCxx, false);
  assert.is(runtimeImage('gcr.io/distroless/cc', undefined)?.hasCxx, true);
  assert.is(runtimeImage('alpine', undefined)?.hasCxx, false);
  assert.is(runtimeImage('node', '20-alpine')?.hasCxx, true);
});

test('Windows', () => {
  assert.ok(isWindowsImage('golang', 'nanoserver-ltsc2022'));
  assert.ok(isWindowsImage('mcr.microsoft.com/windows/servercore', 'ltsc2022'));
  assert.ok(isWindowsImage('mcr.microsoft.com/dotnet/framework/sdk', '4.8'));
  assert.not.ok(isWindowsImage('golang', undefined));
  assert.not.ok(isWindowsImage('debian', 'bookworm'));
});

test('one image under many names', () => {
  for (const name of [
    'golang',
    'library/golang',
    'docker.io/golang',
    'docker.io/library/golang',
    'index.docker.io/library/golang',
    'mirror.gcr.io/library/golang',
    'public.ecr.aws/docker/library/golang',
    '1234.dkr.ecr.eu-west-1.amazonaws.com/docker-hub/library/golang',
  ]) {
    assert.is(canonicalRepository(name), 'golang', name);
  }
  assert.is(canonicalRepository('example.com/golang'), 'example.com/golang');
  assert.is(canonicalRepository('docker.io/bitnami/node'), 'bitnami/node');
});
