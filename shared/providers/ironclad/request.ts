/** What every call to Ironclad has in common. */
import * as z from 'zod/mini';
import { readJson } from '../json.ts';
import type { Connection, ProviderResponse } from '../provider.ts';
import type { IroncladCredentials, IroncladOptions } from './credentials.ts';

export type IroncladConnection = Connection<IroncladCredentials, IroncladOptions>;

export const headersFor = ({
  credentials,
  accessToken,
}: IroncladConnection): Readonly<Record<string, string>> => {
  const given = 'access_token' in credentials ? credentials.access_token : '';
  const { as_user_email } = credentials;
  return {
    accept: 'application/json',
    authorization: `Bearer ${accessToken ?? given}`,
    ...(as_user_email !== undefined && { 'x-as-user-email': as_user_email }),
  };
};

/** `{code, message, param?}`; the codes are upper-case words (documented). */
const errorBody = z.object({ code: z.string().check(z.regex(/^[A-Z]{1,20}(_[A-Z]{1,20}){0,3}$/)) });

export const codeIn = ({ body }: ProviderResponse): string | null => readJson(errorBody, body)?.code ?? null;

export const isSuccess = ({ status }: ProviderResponse): boolean => status >= 200 && status < 300;

/** Between two reminders of one signer (documented: one per hour). */
export const coolDownMs = 3_600_000;
