/** What images offer: to those who build in them, and to what runs on them. */
export type { Ecosystem } from './ecosystems.ts';
export { canonicalRepository, isWindowsImage } from './repositories.ts';
export {
  type ImageShells,
  type PackageManagerName,
  type RuntimeFamily,
  type RuntimeImage,
  runtimeImage,
  shellOf,
} from './runtime-images.ts';
export { type SdkImage, sdkImage } from './sdk-images.ts';
