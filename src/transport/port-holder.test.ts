import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shortenCommand } from './port-holder.ts';

test('who holds a port is named as it was typed', () => {
  const commands: Readonly<Record<string, string>> = {
    '/usr/bin/python3\0server.py\0': 'python3 server.py',
    '/opt/node\0--disable-warning=ExperimentalWarning\0/home/ada/guichet/src/cli/main.ts\0serve\0echo\0':
      'guichet serve echo',
    '/opt/node\0/home/ada/guichet/src/cli/sioux.js\0--listing\0': 'sioux --listing',
    '/opt/node\0/home/ada/cli/other.ts\0': 'node /home/ada/cli/other.ts',
    '': '?',
  };
  for (const [line, name] of Object.entries(commands)) assert.equal(shortenCommand(line), name);
  assert.equal(shortenCommand(`x\0${'y'.repeat(99)}`).length, 60);
});
