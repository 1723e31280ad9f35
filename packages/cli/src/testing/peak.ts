// A command line that says last what memory it took at most, for tests of processes: a file that is run.
import { main } from '../main.js';

process.exitCode = await main(process.argv.slice(2));
// Kilobytes, as getrusage has it.
process.stderr.write(`peak ${process.resourceUsage().maxRSS * 1024}\n`);
