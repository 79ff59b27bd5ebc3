import assert from 'node:assert/strict';
import { test } from 'node:test';
import { debianPackages, ensureDebianPackages } from './debian.ts';

test('nothing is said, nor run, when all is there', () => {
  assert.equal(ensureDebianPackages(debianPackages), undefined);
  assert.equal(ensureDebianPackages([{ name: 'dash', probe: 'sh' }]), undefined);
});

test('who is not root is told in one line what to install', () => {
  const packages = [
    { name: 'dash', probe: 'sh' },
    { name: 'made-up', probe: 'no-such-program' },
    { name: 'made-up-dev', probe: '/usr/include/no-such-header.h' },
  ];
  const advice = ensureDebianPackages(packages, false);
  assert.match(advice ?? '', /^[^\n]*apt-get install --no-install-recommends made-up made-up-dev$/);
});
