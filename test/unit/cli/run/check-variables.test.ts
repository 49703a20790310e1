import { expect, test } from 'vitest'
import { checkVariables } from '../../../../cli/run/check-variables.ts'

const script = { importsLibrary: true, constants: ['MAX_VALUE'], readsAny: false }
const refused = (given: Record<string, string>, more = {}) => {
  try {
    checkVariables({ ...script, ...more }, given)
  } catch (error) {
    return String(error)
  }
  return undefined
}

test.each([
  ['MAX_VUS', 'abc', /MAX_VUS="abc": expected a whole number, 1 or more, like -e MAX_VUS=10$/],
  ['TEST_DURATION', '300', /TEST_DURATION="300": expected a duration with its unit/],
  ['BASE_URL', 'localhost:8000', /BASE_URL: expected an address .*got "localhost:8000"/],
  ['API', 'openai-caht', /API: expected one of auto, openai-chat, .*; did you mean openai-chat\?$/],
  ['LOCALE', 'kr', /LOCALE: expected one of en, ko, got "kr"/],
  ['ERROR_RATE_THRESHOLD', '5', /expected a number from 0 to 1/],
  ['MAX_VU', '10', /-e MAX_VU: nothing reads a variable of that name; did you mean MAX_VUS\?$/],
  ['TEST_DURATON', '1m', /did you mean TEST_DURATION\?$/],
  ['BASEURL', 'http://localhost', /did you mean BASE_URL\?$/],
])('-e %s=%s is refused in one line', (name, value, message) => {
  expect(refused({ [name]: value })).toMatch(message)
  expect(refused({ [name]: value })).not.toContain('\n')
})

test('what can be read, what is empty and what only the script knows goes through', () => {
  expect(
    refused({
      ...{ MAX_VUS: ' 5 ', TEST_DURATION: '1m30s', API: 'auto', START_SPREAD: '0s', MODEL: '' },
      ...{ MAX_VALUE: 'x', MY_OWN_THING: 'y', SEED: '7', toString: '1' },
    }),
  ).toBeUndefined()
})

test('names that a script makes itself, and scripts without k6-llm, are their own affair', () => {
  expect(refused({ MAX_VU: '1' }, { readsAny: true })).toBeUndefined()
  expect(refused({ MAX_VUS: 'many' }, { importsLibrary: false })).toBeUndefined()
})
