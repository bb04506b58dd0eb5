/** Names that a search takes for Dockerfiles. */
export const dockerfileNames = [
  'Dockerfile',
  'dockerfile',
  'Containerfile',
  'Dockerfile.dev',
  'Dockerfile.go',
  'Dockerfile.alpine-3.20',
  'Containerfile.in-house',
  'app.Dockerfile',
  'app.dockerfile',
  'app.Containerfile',
  'app.containerfile',
  'Dockerfile.dev.Dockerfile',
];

/** Names that look like it. */
export const otherNames = [
  'Dockerfile.dockerignore',
  'app.Dockerfile.dockerignore',
  'Dockerfile.md',
  'Dockerfile.test.sh',
  'Dockerfile.j2',
  'Dockerfile.YAML',
  'Dockerfile~',
  'Dockerfile.bak',
  'Dockerfile.',
  'Dockerfiles',
  'MyDockerfile',
  'dockerfile.go',
  '.Dockerfile.swp',
  'docker-compose.yml',
];
