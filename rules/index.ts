import type { Rule } from '../src/lint/types.ts';
import { rule as noApkCache } from './no-apk-cache.ts';
import { rule as noApkUpdate } from './no-apk-update.ts';
import { rule as noAptLists } from './no-apt-lists.ts';
import { rule as noBuildToolsInFinalStage } from './no-build-tools-in-final-stage.ts';
import { rule as noCacheMountArtifact } from './no-cache-mount-artifact.ts';
import { rule as noComposerCache } from './no-composer-cache.ts';
import { rule as noCondaCache } from './no-conda-cache.ts';
import { rule as noConsecutiveRuns } from './no-consecutive-runs.ts';
import { rule as noConstantPlatform } from './no-constant-platform.ts';
import { rule as noCrlf } from './no-crlf.ts';
import { rule as noCrlfInHeredoc } from './no-crlf-in-heredoc.ts';
import { rule as noCurlProgressBar } from './no-curl-progress-bar.ts';
import { rule as noDevDependenciesInFinalStage } from './no-dev-dependencies-in-final-stage.ts';
import { rule as noDistUpgrade } from './no-dist-upgrade.ts';
import { rule as noDuplicatePackage } from './no-duplicate-package.ts';
import { rule as noDuplicateStageName } from './no-duplicate-stage-name.ts';
import { rule as noEmptyContinuation } from './no-empty-continuation.ts';
import { rule as noForbiddenOnbuild } from './no-forbidden-onbuild.ts';
import { rule as noForeignBasePlatform } from './no-foreign-base-platform.ts';
import { rule as noForwardStageReference } from './no-forward-stage-reference.ts';
import { rule as noIgnoreComment } from './no-ignore-comment.ts';
import { rule as noIgnoredSource } from './no-ignored-source.ts';
import { rule as noInvalidDefaultBase } from './no-invalid-default-base.ts';
import { rule as noInvalidDescription } from './no-invalid-description.ts';
import { rule as noInvalidLabelKey } from './no-invalid-label-key.ts';
import { rule as noInvalidLabelValue } from './no-invalid-label-value.ts';
import { rule as noInvalidPort } from './no-invalid-port.ts';
import { rule as noLatestTag } from './no-latest-tag.ts';
import { rule as noLegacyBuilderPattern } from './no-legacy-builder-pattern.ts';
import { rule as noLegacyKeyValue } from './no-legacy-key-value.ts';
import { rule as noLibcMismatch } from './no-libc-mismatch.ts';
import { rule as noLostShellState } from './no-lost-shell-state.ts';
import { rule as noMaintainer } from './no-maintainer.ts';
import { rule as noMixedFromAsCase } from './no-mixed-from-as-case.ts';
import { rule as noMixedKeywordCase } from './no-mixed-keyword-case.ts';
import { rule as noMkdirBeforeWorkdir } from './no-mkdir-before-workdir.ts';
import { rule as noMultipleEmptyLines } from './no-multiple-empty-lines.ts';
import { rule as noMultipleSpaces } from './no-multiple-spaces.ts';
import { rule as noNamedUserWithoutPasswd } from './no-named-user-without-passwd.ts';
import { rule as noNpmCache } from './no-npm-cache.ts';
import { rule as noNumericFrom } from './no-numeric-from.ts';
import { rule as noOddEncoding } from './no-odd-encoding.ts';
import { rule as noOverriddenInstruction } from './no-overridden-instruction.ts';
import { rule as noPackageManagerCache } from './no-package-manager-cache.ts';
import { rule as noPipCache } from './no-pip-cache.ts';
import { rule as noPointlessCommand } from './no-pointless-command.ts';
import { rule as noPortMapping } from './no-port-mapping.ts';
import { rule as noRedundantInstruction } from './no-redundant-instruction.ts';
import { rule as noRedundantTargetPlatform } from './no-redundant-target-platform.ts';
import { rule as noRelativeCopyDestination } from './no-relative-copy-destination.ts';
import { rule as noRelativeWorkdir } from './no-relative-workdir.ts';
import { rule as noReservedStageName } from './no-reserved-stage-name.ts';
import { rule as noRootUser } from './no-root-user.ts';
import { rule as noSdkFinalStage } from './no-sdk-final-stage.ts';
import { rule as noSecretVariable } from './no-secret-variable.ts';
import { rule as noSelfReferringEnv } from './no-self-referring-env.ts';
import { rule as noShellInShellLessBase } from './no-shell-in-shell-less-base.ts';
import { rule as noShellcheckFinding } from './no-shellcheck-finding.ts';
import { rule as noSourceInFinalStage } from './no-source-in-final-stage.ts';
import { rule as noStageNameShadowingImage } from './no-stage-name-shadowing-image.ts';
import { rule as noSudo } from './no-sudo.ts';
import { rule as noTrailingSpaces } from './no-trailing-spaces.ts';
import { rule as noUndeclaredArgInFrom } from './no-undeclared-arg-in-from.ts';
import { rule as noUndefinedVariable } from './no-undefined-variable.ts';
import { rule as noUnknownFlag } from './no-unknown-flag.ts';
import { rule as noUnknownLabel } from './no-unknown-label.ts';
import { rule as noUnknownStage } from './no-unknown-stage.ts';
import { rule as noUnreachableStage } from './no-unreachable-stage.ts';
import { rule as noUntrustedRegistry } from './no-untrusted-registry.ts';
import { rule as noUnusedCopyFrom } from './no-unused-copy-from.ts';
import { rule as noUppercaseProtocol } from './no-uppercase-protocol.ts';
import { rule as noUppercaseStageName } from './no-uppercase-stage-name.ts';
import { rule as noUselessCacheRemoval } from './no-useless-cache-removal.ts';
import { rule as noUselessIgnore } from './no-useless-ignore.ts';
import { rule as noUvCache } from './no-uv-cache.ts';
import { rule as noWgetProgressBar } from './no-wget-progress-bar.ts';
import { rule as noWgetWithCurl } from './no-wget-with-curl.ts';
import { rule as noWholeTreeCopy } from './no-whole-tree-copy.ts';
import { rule as noYarnCache } from './no-yarn-cache.ts';
import { rule as parseError } from './parse-error.ts';
import { rule as preferAddArchive } from './prefer-add-archive.ts';
import { rule as preferAptGet } from './prefer-apt-get.ts';
import { rule as preferCacheFriendlyOrder } from './prefer-cache-friendly-order.ts';
import { rule as preferCacheMount } from './prefer-cache-mount.ts';
import { rule as preferCopy } from './prefer-copy.ts';
import { rule as preferExecForm } from './prefer-exec-form.ts';
import { rule as preferNumericUser } from './prefer-numeric-user.ts';
import { rule as preferShellInstruction } from './prefer-shell-instruction.ts';
import { rule as preferSortedPackages } from './prefer-sorted-packages.ts';
import { rule as preferWorkdir } from './prefer-workdir.ts';
import { rule as requireAssumeYes } from './require-assume-yes.ts';
import { rule as requireFinalNewline } from './require-final-newline.ts';
import { rule as requireFromFirst } from './require-from-first.ts';
import { rule as requireHealthcheck } from './require-healthcheck.ts';
import { rule as requireImageTag } from './require-image-tag.ts';
import { rule as requireLabels } from './require-labels.ts';
import { rule as requireNoInstallRecommends } from './require-no-install-recommends.ts';
import { rule as requireNoLogInit } from './require-no-log-init.ts';
import { rule as requirePinnedPackages } from './require-pinned-packages.ts';
import { rule as requirePipefail } from './require-pipefail.ts';
import { rule as requireStageName } from './require-stage-name.ts';
import { rule as requireStaticLink } from './require-static-link.ts';
import { rule as requireTrailingSlash } from './require-trailing-slash.ts';

/** The rules of the book, by id. */
export const rules: readonly Rule[] = [
  noApkCache,
  noApkUpdate,
  noAptLists,
  noBuildToolsInFinalStage,
  noCacheMountArtifact,
  noComposerCache,
  noCondaCache,
  noConsecutiveRuns,
  noConstantPlatform,
  noCrlf,
  noCrlfInHeredoc,
  noCurlProgressBar,
  noDevDependenciesInFinalStage,
  noDistUpgrade,
  noDuplicatePackage,
  noDuplicateStageName,
  noEmptyContinuation,
  noForbiddenOnbuild,
  noForeignBasePlatform,
  noForwardStageReference,
  noIgnoreComment,
  noIgnoredSource,
  noInvalidDefaultBase,
  noInvalidDescription,
  noInvalidLabelKey,
  noInvalidLabelValue,
  noInvalidPort,
  noLatestTag,
  noLegacyBuilderPattern,
  noLegacyKeyValue,
  noLibcMismatch,
  noLostShellState,
  noMaintainer,
  noMixedFromAsCase,
  noMixedKeywordCase,
  noMkdirBeforeWorkdir,
  noMultipleEmptyLines,
  noMultipleSpaces,
  noNamedUserWithoutPasswd,
  noNpmCache,
  noNumericFrom,
  noOddEncoding,
  noOverriddenInstruction,
  noPackageManagerCache,
  noPipCache,
  noPointlessCommand,
  noPortMapping,
  noRedundantInstruction,
  noRedundantTargetPlatform,
  noRelativeCopyDestination,
  noRelativeWorkdir,
  noReservedStageName,
  noRootUser,
  noSdkFinalStage,
  noSecretVariable,
  noSelfReferringEnv,
  noShellInShellLessBase,
  noShellcheckFinding,
  noSourceInFinalStage,
  noStageNameShadowingImage,
  noSudo,
  noTrailingSpaces,
  noUndeclaredArgInFrom,
  noUndefinedVariable,
  noUnknownFlag,
  noUnknownLabel,
  noUnknownStage,
  noUnreachableStage,
  noUntrustedRegistry,
  noUnusedCopyFrom,
  noUppercaseProtocol,
  noUppercaseStageName,
  noUselessCacheRemoval,
  noUselessIgnore,
  noUvCache,
  noWgetProgressBar,
  noWgetWithCurl,
  noWholeTreeCopy,
  noYarnCache,
  parseError,
  preferAddArchive,
  preferAptGet,
  preferCacheFriendlyOrder,
  preferCacheMount,
  preferCopy,
  preferExecForm,
  preferNumericUser,
  preferShellInstruction,
  preferSortedPackages,
  preferWorkdir,
  requireAssumeYes,
  requireFinalNewline,
  requireFromFirst,
  requireHealthcheck,
  requireImageTag,
  requireLabels,
  requireNoInstallRecommends,
  requireNoLogInit,
  requirePinnedPackages,
  requirePipefail,
  requireStageName,
  requireStaticLink,
  requireTrailingSlash,
];
