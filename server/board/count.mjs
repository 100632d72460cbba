// Adds up JUnit files: `node count.mjs FOLDER STATUS` ends with `N passed, N failed`. A suite that never began has failed.
import { readdirSync, readFileSync } from 'node:fs';

const [folder, status] = process.argv.slice(2);
let [passed, failed] = [0, 0];
for (const file of readdirSync(folder).filter((name) => name.endsWith('.xml'))) {
  const xml = readFileSync(`${folder}/${file}`, 'utf8');
  for (const suite of xml.matchAll(/<testsuite [^>]*tests="(\d+)" failures="(\d+)" errors="(\d+)" skipped="(\d+)"/g)) {
    const [tests, failures, errors, skipped] = suite.slice(1).map(Number);
    failed += failures + errors + skipped;
    passed += tests - failures - errors - skipped;
  }
}
if (passed === 0 || (status !== '0' && failed === 0)) failed += 1;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
