/** Whether what an account creates is a test: its option says so, for all of it. */
import type { StoredAccount } from '../../../shared/store/accounts.ts';

export const isTestAccount = ({ options }: Pick<StoredAccount, 'options'>): boolean =>
  options['test_mode'] === true;
