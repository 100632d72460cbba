import { basename, join } from 'node:path';

/**
 * What a run of tests leaves: lines to read and, where `BOARD_REPORTS` names a folder, a JUnit file in which a test is called
 * `day.describe > it`: a file's name first, as docs/coverage.md names the board's tests.
 */
export function reporters(file: string) {
  const folder = process.env['BOARD_REPORTS'];
  if (!folder) return ['default' as const];
  const classnameTemplate = ({ filename }: { filename: string }) => basename(filename, '.test.ts');
  return ['default' as const, ['junit', { outputFile: join(folder, file), classnameTemplate }] as ['junit', object]];
}
