/** What can be created through Truto: what Ironclad takes. There are no reminders. */
import type { CreationRules } from '../creation.ts';
import { workflowCreation } from '../ironclad/workflow-creation.ts';
import type { TrutoOptions } from './request.ts';

export const creation: CreationRules<TrutoOptions> = workflowCreation({
  template: 'remote_data.template',
  attributes: 'remote_data.attributes',
});
