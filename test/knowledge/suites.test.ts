import { compareVersions, suiteNamed, suiteOf } from '../../src/knowledge/suites.ts';
import { packedSuites, suiteNames } from '../../src/knowledge/suites-table.ts';
import { assert, suite } from '../runner/suite.ts';

const test = suite('knowledge/suites');

function shown(image: string): string | undefined {
  const colon = image.lastIndexOf(':');
  const tagged = colon > image.lastIndexOf('/');
  const found = suiteOf(tagged ? image.slice(0, colon) : image, tagged ? image.slice(colon + 1) : undefined);
  return (
    found && [found.distro, found.release, found.libc, found.libcVersion].filter((word) => word !== undefined).join(' ')
  );
}

/** What tags said that name no release, as the history of the official images tells it. */
const RECORDED: Record<string, string> = {
  'golang:1.8': 'jessie',
  'golang:1.9.2': 'stretch',
  'golang:1.10': 'stretch',
  'golang:1.12.0': 'stretch',
  'golang:1.12.7': 'buster',
  'golang:1.16.5': 'buster',
  'golang:1.16.8': 'bullseye',
  'golang:1.19': 'bookworm',
  'golang:1.19.5': 'bullseye',
  'golang:1.19.11': 'bookworm',
  'golang:1.22': 'bookworm',
  'golang:1.24.12': 'trixie',
  'golang:1': 'trixie',
  golang: 'trixie',
  'golang:1.10-alpine': 'alpine3.9',
  'golang:1.22-alpine': 'alpine3.21',
  'golang:alpine': 'alpine3.24',
  'rust:1.36': 'stretch',
  'rust:1.40': 'buster',
  'rust:1.70': 'bullseye',
  'rust:1.75-slim': 'bookworm',
  'rust:1': 'trixie',
  'rust:1.70-alpine': 'alpine3.18',
  'node:8': 'stretch',
  'node:14': 'buster',
  'node:16': 'buster',
  'node:18': 'bookworm',
  'node:20': 'bookworm',
  'node:20-slim': 'bookworm',
  'node:26': 'trixie',
  'node:latest': 'trixie',
  'node:20-alpine': 'alpine3.23',
  'python:2.7': 'buster',
  'python:3.6': 'bullseye',
  'python:3.7': 'bookworm',
  'python:3.12': 'trixie',
  'python:3.12-slim': 'trixie',
  'python:3.9.9-slim': 'bullseye',
  'python:3.8-alpine': 'alpine3.20',
  'ruby:2.7.0': 'buster',
  'ruby:3.1': 'bookworm',
  'ruby:3.3-slim': 'trixie',
  'ruby:2-alpine': 'alpine3.16',
  'php:5.6': 'stretch',
  'php:7.4': 'bullseye',
  'php:8.2-fpm': 'trixie',
  'php:8.1-zts-alpine': 'alpine3.21',
  'gcc:10': 'bullseye',
  'gcc:12': 'bookworm',
  'gcc:latest': 'trixie',
  'haskell:8': 'buster',
  'haskell:9.8.4-slim': 'bullseye',
  'swift:5.5': 'bionic',
  'swift:5.9': 'jammy',
  'swift:6.0-slim': 'noble',
  'openjdk:11': 'bullseye',
  'openjdk:17-jdk-slim': 'bullseye',
  'openjdk:7': 'jessie',
  'maven:3': 'noble',
  'gradle:8.5-jdk21': 'jammy',
  'gradle:9': 'resolute',
  'eclipse-temurin:17-jdk': 'resolute',
  'eclipse-temurin:17-jdk-alpine': 'alpine3.24',
  'eclipse-temurin:16': 'focal',
  'pypy:3.7': 'bullseye',
  'julia:1.9': 'bookworm',
  'dart:2.18': 'bullseye',
  'perl:5.36': 'bookworm',
  'buildpack-deps:22.04': 'jammy',
  'erlang:21': 'buster',
  'erlang:26': 'bookworm',
  'erlang:26.2.5.0-alpine': 'alpine3.19',
  'elixir:1.12': 'bullseye',
  'elixir:1.16': 'bookworm',
  'elixir:1.9.4-alpine': 'alpine3.16',
  'nginx:1.25': 'bookworm',
  'nginx:alpine': 'alpine3.24',
  'postgres:16': 'trixie',
  'redis:7': 'bookworm',
  'mongo:4.4': 'focal',
  'clojure:latest': 'bookworm',
};

const byName = (name: string) => {
  const found = suiteNamed(name);
  return (
    found && [found.distro, found.release, found.libc, found.libcVersion].filter((word) => word !== undefined).join(' ')
  );
};

for (const [image, name] of Object.entries(RECORDED)) test(image, () => assert.is(shown(image), byName(name)));

/** What the tag or the repository says by itself. */
const SAID: Record<string, string | undefined> = {
  'debian:12': 'debian bookworm glibc 2.36',
  'debian:12.5-slim': 'debian bookworm glibc 2.36',
  'debian:bookworm-slim': 'debian bookworm glibc 2.36',
  'debian:bookworm-20240101-slim': 'debian bookworm glibc 2.36',
  'debian:jessie': 'debian jessie glibc 2.19',
  'debian:stable-slim': 'debian trixie glibc 2.41',
  debian: 'debian trixie glibc 2.41',
  'debian:sid': 'debian sid glibc',
  'ubuntu:14.04': 'ubuntu trusty glibc 2.19',
  'ubuntu:22.04': 'ubuntu jammy glibc 2.35',
  'ubuntu:jammy-20240111': 'ubuntu jammy glibc 2.35',
  'ubuntu:noble': 'ubuntu noble glibc 2.39',
  'alpine:3.19': 'alpine 3.19 musl 1.2.4',
  'alpine:3.19.1': 'alpine 3.19 musl 1.2.4',
  'alpine:edge': 'alpine musl',
  'golang:1.22-bookworm': 'debian bookworm glibc 2.36',
  'golang:1.22-alpine3.18': 'alpine 3.18 musl 1.2.4',
  'node:20-bullseye-slim': 'debian bullseye glibc 2.31',
  'eclipse-temurin:17-jdk-focal': 'ubuntu focal glibc 2.31',
  'eclipse-temurin:17-jre-ubi9-minimal': 'rhel 9 glibc 2.34',
  'maven:3.9-amazoncorretto-17-al2023': 'amazonlinux 2023 glibc 2.34',
  'swift:5.9-amazonlinux2': 'amazonlinux 2 glibc 2.26',
  'swift:5.9-centos7': 'centos 7 glibc 2.17',
  'openjdk:17-oraclelinux8': 'oraclelinux 8 glibc 2.28',
  'ghcr.io/graalvm/native-image:ol8-java17-22': 'oraclelinux 8 glibc 2.28',
  'ocaml/opam:debian-12-ocaml-4.14': 'debian bookworm glibc 2.36',
  'ocaml/opam:alpine-3.19-ocaml-5.1': 'alpine 3.19 musl 1.2.4',
  'ocaml/opam:ubuntu-22.04-ocaml-5.1': 'ubuntu jammy glibc 2.35',
  'bitnami/node:18-debian-12': 'debian bookworm glibc 2.36',
  'gcr.io/distroless/static-debian12': 'debian bookworm glibc 2.36',
  'gcr.io/distroless/cc-debian13:nonroot': 'debian trixie glibc 2.41',
  'gcr.io/distroless/cc': undefined,
  'registry.access.redhat.com/ubi9/go-toolset:1.21': 'rhel 9 glibc 2.34',
  'registry.access.redhat.com/ubi8/ubi-minimal': 'rhel 8 glibc 2.28',
  'redhat/ubi9-minimal': 'rhel 9 glibc 2.34',
  'centos:7.9.2009': 'centos 7 glibc 2.17',
  'centos:centos7': 'centos 7 glibc 2.17',
  'quay.io/centos/centos:stream9': 'centos 9 glibc 2.34',
  'rockylinux:9.3-minimal': 'rockylinux 9 glibc 2.34',
  'almalinux:8': 'almalinux 8 glibc 2.28',
  'fedora:40': 'fedora 40 glibc 2.39',
  'amazonlinux:2': 'amazonlinux 2 glibc 2.26',
  'amazonlinux:2023.3.20240117.0': 'amazonlinux 2023 glibc 2.34',
  archlinux: 'arch glibc',
  'opensuse/leap:15.5': 'opensuse glibc',
  'cgr.dev/chainguard/go': 'wolfi glibc',
  'mcr.microsoft.com/dotnet/sdk:6.0': 'debian bullseye glibc 2.31',
  'mcr.microsoft.com/dotnet/aspnet:8.0': 'debian bookworm glibc 2.36',
  'mcr.microsoft.com/dotnet/runtime:10.0': 'ubuntu noble glibc 2.39',
  'mcr.microsoft.com/dotnet/aspnet:8.0-jammy-chiseled': 'ubuntu jammy glibc 2.35',
  'public.ecr.aws/docker/library/golang:1.22': 'debian bookworm glibc 2.36',
  scratch: undefined,
  busybox: undefined,
  'someone/app:1.0': undefined,
  'example.com/golang:1.22': undefined,
  'golang:1.999': undefined,
  'golang:no-such-tag': undefined,
  'golang:1.22-nanoserver': undefined,
  'constructor:1': undefined,
};

for (const [image, expected] of Object.entries(SAID)) test(`says: ${image}`, () => assert.is(shown(image), expected));

test('releases have an order within their distribution', () => {
  const chains = [
    ['wheezy', 'jessie', 'stretch', 'buster', 'bullseye', 'bookworm', 'trixie', 'forky', 'sid'],
    ['trusty', 'xenial', 'bionic', 'focal', 'jammy', 'noble', 'resolute'],
    ['alpine3.4', 'alpine3.9', 'alpine3.10', 'alpine3.19', 'alpine3.24'],
  ];
  for (const chain of chains) {
    const orders = chain.map((name) => suiteNamed(name)?.order ?? Number.NaN);
    assert.equal(
      orders,
      [...orders].sort((a, b) => a - b),
    );
    assert.is(new Set(orders).size, chain.length);
  }
});

test('glibc never gets older within a distribution', () => {
  for (const chain of [
    ['jessie', 'stretch', 'buster', 'bullseye', 'bookworm', 'trixie'],
    ['trusty', 'xenial', 'bionic', 'focal', 'jammy', 'noble', 'resolute'],
  ]) {
    for (let i = 1; i < chain.length; i++) {
      const older = suiteNamed(chain[i - 1] as string)?.libcVersion as string;
      const newer = suiteNamed(chain[i] as string)?.libcVersion as string;
      assert.ok(compareVersions(older, newer) < 0, `${older} ${newer}`);
    }
  }
});

test('versions are compared by number', () => {
  assert.ok(compareVersions('2.9', '2.31') < 0);
  assert.ok(compareVersions('2.36', '2.36.0') === 0);
  assert.ok(compareVersions('2.41', '2.36') > 0);
});

test('every run of the packed table is found again by its first and last tag', () => {
  const names = suiteNames.split(' ');
  let runs = 0;
  for (const [image, packed] of Object.entries(packedSuites)) {
    for (const line of packed.split(';')) {
      const [shapes, text] = line.split('=') as [string, string];
      let before: string[] = [];
      for (const [, letter, ...range] of text.matchAll(/([a-zA-Z])([\d.]*)(?:-([\d.]+))?/g)) {
        runs++;
        const code = (letter as string).charCodeAt(0);
        const name = names[code < 97 ? code - 65 + 26 : code - 97] as string;
        for (const written of range) {
          if (written === undefined) continue;
          const shared = written.length - written.replace(/^\.+/, '').length;
          const rest = written.slice(shared);
          before = [...before.slice(0, shared), ...(rest === '' ? [] : rest.split('.'))];
          for (const shape of shapes.split(' ')) {
            const numbers = [...before];
            const tag = shape.replace(/#/g, () => numbers.shift() ?? 'missing');
            assert.is(numbers.length, 0, `${image}:${tag} has numbers left over`);
            const found = suiteOf(image, tag);
            const release = found?.release ?? '';
            const shownAs = [release, `alpine${release}`, `al${release}`, `ubi${release}`, `oraclelinux${release}`];
            assert.ok(shownAs.includes(name), `${image}:${tag} is ${release}, not ${name}`);
          }
        }
      }
    }
  }
  assert.ok(runs > 3000, `${runs} runs`);
});

test('the packed table stays small', () => {
  const size = Object.values(packedSuites).reduce((sum, text) => sum + text.length, 0);
  assert.ok(size < 60_000, `${size} bytes`);
});
