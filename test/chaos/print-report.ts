/** A run in numbers. */
import type { Report } from './run.ts';
import type { Fault } from './verdict.ts';

const faults: readonly Fault[] = ['lost', 'wrong', 'doubled', 'unproven'];

export const printReport = (report: Report, print: (line: string) => void): void => {
  const { size, findings, breaches, wireCalls, wireFaults } = report;
  const listed = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ');
  print(`\nseed ${size.seed}: ${report.accepted} accepted, ${listed(report.states)}`);
  for (const fault of faults)
    print(`${fault.padEnd(10)} ${findings.filter((finding) => finding.fault === fault).length}`);
  print(`cancel calls ${report.cancelCalls}; ${report.repeatedCancels} requests were sent more than one`);
  print(`kills        ${listed(report.kills)}`);
  for (const service of ['dynamodb', 'sqs'] as const)
    print(`${service.padEnd(12)} ${wireCalls[service]} calls; injected: ${listed(wireFaults[service])}`);
  print(
    `${report.down} down for ${size.outageMs / 1_000} s, called ${report.callsWhileDown} times meanwhile; ` +
      `${report.signersActed} signers were faster or tried to be`,
  );
  print(`client calls by status (0: no answer): ${listed(report.clientCalls)}`);
  print(
    `last accepted after ${(report.lastAcceptedMs / 1_000).toFixed(1)} s, last final state after ${(report.lastFinalMs / 1_000).toFixed(1)} s`,
  );
  print(`failed because nobody can tell, at OKdokument: ${report.undecidable}`);
  print(
    `dead letters ${report.deadLetters}, by failures of AWS and hints that waited, unless told below; breaches ${breaches.length}`,
  );
  for (const { fault, about, detail, story } of findings) {
    print(`${fault.toUpperCase()} ${about}: ${detail}`);
    for (const line of story) print(`    ${line}`);
  }
  for (const breach of breaches) print(`BREACH ${breach}`);
};
