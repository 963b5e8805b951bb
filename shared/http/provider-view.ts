/** What a provider can do, from its own declarations. */
import type { FieldSupport } from '../providers/creation.ts';
import type { AnyProvider } from '../providers/define-provider.ts';
import type { ScopeRules } from '../providers/provider.ts';
import type { ProviderName } from '../providers/registry.ts';
import { type CreationField, creationFields } from './contract/creation.ts';
import type { CreationFieldView, ProviderView } from './contract/providers.ts';

export const viewProvider = (name: ProviderName, provider: AnyProvider): ProviderView => {
  const { title, scopes, creation, limits, reminders, proof, fetchesFiles } = provider;
  return {
    name,
    title,
    scopes: {
      ...(scopes.workflow && { workflow: viewScope(scopes.workflow) }),
      ...(scopes.signature_packet && { signature_packet: viewScope(scopes.signature_packet) }),
    },
    creation: {
      fields: viewFields(creation.fields),
      most_signers: creation.mostSigners,
      most_source_files: creation.mostSourceFiles,
      fetches_files:
        fetchesFiles === undefined
          ? null
          : { most_bytes: fetchesFiles.mostBytes, content_type: fetchesFiles.contentType },
    },
    limits: {
      cancel: { per_minute: limits.cancel.perMinute },
      read: { per_minute: limits.read.perMinute },
      create: { per_minute: limits.create.perMinute },
      remind: reminders === undefined ? null : { per_minute: limits.remind.perMinute },
    },
    reminders:
      reminders === undefined
        ? null
        : { cool_down_seconds: reminders.coolDownMs / 1_000, per_signer: reminders.perSigner },
    is_silent: proof.isSilent,
  };
};

const viewScope = ({ effect, reasonRequired, reasonTravels }: ScopeRules) => ({
  effect,
  reason_required: reasonRequired,
  reason_delivered: reasonTravels,
});

const viewFields = (
  fields: Readonly<Record<CreationField, FieldSupport>>,
): ProviderView['creation']['fields'] =>
  Object.fromEntries(creationFields.map((name) => [name, viewSupport(fields[name])]));

const viewSupport = (support: FieldSupport): CreationFieldView => {
  switch (support.kind) {
    case 'sent':
      return { support: 'sent', as: support.as };
    case 'kept':
      return { support: 'kept', use: support.use };
    case 'refused':
      return { support: 'refused' };
  }
};
