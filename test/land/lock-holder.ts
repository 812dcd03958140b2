// A process of its own that takes the landing lock, says so and keeps it until its input closes: argv: folder, name.
import { createLanderLock } from '../../lib/land/lander-lock.js';

const [directory = '', holder = ''] = process.argv.slice(2);
const held = await createLanderLock({ directory, holder, patienceMs: 0 }).hold(async () => {
  process.stdout.write('held\n');
  await new Promise((resolve) => process.stdin.once('end', resolve).resume());
});
process.stdout.write(held.ok ? 'released\n' : `${held.failure.message}\n`);
