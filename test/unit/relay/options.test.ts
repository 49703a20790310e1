import { Command } from 'commander'
import { expect, test } from 'vitest'
import { addOptions, type RelayFlags, toSettings, warningsOf } from '../../../relay/options.ts'

const flags = (...args: string[]) =>
  addOptions(new Command().exitOverride().configureOutput({ writeErr: () => undefined }))
    .parse(['--allow', 'http://llm', ...args], { from: 'user' })
    .opts<RelayFlags>()
const fixture = 'test/fixtures/tls'
const settings = (args: string[], environment = {}) => toSettings(flags(...args), environment)

test('trusts what the machine trusts, or the file that SSL_CERT_FILE names, and --ca', () => {
  const own = {
    SSL_CERT_FILE: `${fixture}/server.pem`,
    NODE_EXTRA_CA_CERTS: `${fixture}/other.pem`,
  }
  const count = (ca = '') => ca.match(/BEGIN CERTIFICATE/g)?.length ?? 0
  expect(count(settings([], own).tls.ca)).toBe(2)
  expect(count(settings(['--ca', `${fixture}/ca.pem`], own).tls.ca)).toBe(3)
  // As Go: a store that cannot be read adds nothing.
  expect(settings([], { SSL_CERT_FILE: '/no/such/file' }).tls.ca).toBeUndefined()
})

test('a Unix socket for an origin', () => {
  const { sockets } = settings(['--socket', 'http://llm:80/=/run/a=b.sock'])
  expect(sockets).toEqual(new Map([['http://llm', '/run/a=b.sock']]))
})

test.each([
  [['--socket', '/run/llm.sock'], /--socket \/run\/llm\.sock: expected ORIGIN=PATH/],
  [['--ca', '/no/such/file'], /--ca \/no\/such\/file: ENOENT/],
  [['--cert', `${fixture}/client.pem`], /--cert and --key go together/],
  [
    [
      '--cert',
      `${fixture}/client.pem`,
      '--key',
      `${fixture}/other-key.pem`,
      '--allow',
      'https://llm',
    ],
    /--ca, --cert, --key: expected PEM \(.*mismatch/,
  ],
])('%j is wrong use', (args, message) => {
  expect(() => settings(args)).toThrow(message)
})

test('what is open to others is said loudly', () => {
  expect(warningsOf(flags('--host', '::1'))).toEqual([])
  expect(warningsOf(flags('--host', '::', '--insecure'))).toEqual([
    expect.stringMatching(/^WARNING: --host ::/),
    expect.stringMatching(/^WARNING: --insecure/),
  ])
})
