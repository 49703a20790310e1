// Every answer and every failure of k6/http and k6/x/sse that a script can see.
import http from 'k6/http'
import sse from 'k6/x/sse'

export const options = { vus: 1, iterations: 1, summaryTrendStats: ['count'] }

const url = (path) => __ENV.BASE_URL + path

/** What does not change from run to run. */
function fixed(response) {
  const { url, status, status_text, proto, body, error, error_code, headers, cookies } = response
  const kept = {}
  for (const name of [
    'Content-Type',
    'X-Many',
    'Content-Encoding',
    'Set-Cookie',
    'Content-Length',
  ]) {
    if (headers[name] !== undefined) kept[name] = headers[name]
  }
  const names = Object.keys(cookies).sort()
  return { url, status, status_text, proto, body, error, error_code, headers: kept, cookies: names }
}

function say(name, value) {
  console.log(`SEEN ${JSON.stringify({ name, value })}`)
}

const CALLS = {
  get: () => http.get(url('/echo')),
  'post of text': () => http.post(url('/echo'), 'täxt', { headers: { 'x-request-id': '1' } }),
  'post of a form': () => http.post(url('/echo'), { a: 'b c', d: 'ä' }),
  'post of nothing': () => http.post(url('/echo')),
  put: () => http.put(url('/echo'), '{}', { headers: { 'content-type': 'application/json' } }),
  patch: () => http.patch(url('/echo'), 'a'),
  del: () => http.del(url('/echo'), null, { cookies: { a: 'b' } }),
  head: () => http.head(url('/echo')),
  options: () => http.options(url('/echo')),
  'not found': () => http.get(url('/status/404')),
  'server error': () => http.get(url('/status/503')),
  redirect: () => http.post(url('/redirect/302'), 'body'),
  'redirect with the body': () => http.post(url('/redirect/307'), 'body'),
  'redirect not followed': () => http.get(url('/redirect/302'), { redirects: 0 }),
  'too many redirects': () => http.get(url('/redirect/loop'), { redirects: 2 }),
  gzip: () => http.get(url('/gzip')),
  'gzip that is none': () => http.get(url('/bad-gzip')),
  'cut off': () => http.get(url('/cut')),
  reset: () => http.get(url('/reset')),
  'reset in the body': () => http.get(url('/reset-body')),
  closed: () => http.get(url('/close')),
  'no answer in time': () => http.get(url('/hang'), { timeout: '200ms' }),
  'no end in time': () => http.get(url('/hang-body'), { timeout: 200 }),
  'nobody there': () => http.get('http://127.0.0.1:1/'),
  'no such host': () => http.get('http://nobody.invalid/'),
  'no scheme': () => http.get('nothing'),
  'not https': () => http.get(url('/echo').replace('http:', 'https:')),
  'no body wanted': () => http.get(url('/echo'), { responseType: 'none' }),
}

const STREAMS = {
  'an event stream': url('/sse'),
  'a stream of lines': url('/ndjson'),
  'an error status': url('/status/404'),
  'a redirect': url('/redirect/302'),
  'a zipped stream': url('/sse-gzip'),
  'a stream cut off': url('/sse-cut'),
  'nobody there': 'http://127.0.0.1:1/',
  'no such host': 'http://nobody.invalid/',
  closed: url('/close'),
  'no answer in time': url('/hang'),
  'no end in time': url('/hang-body'),
}

function open(target) {
  const seen = []
  const result = sse.open(target, { method: 'POST', body: '{}', timeout: '300ms' }, (client) => {
    seen.push('setup')
    client.on('open', () => seen.push('open'))
    client.on('event', (event) => {
      seen.push(event)
      if (event.data === '[DONE]') client.close()
    })
    client.on('error', (error) => {
      seen.push(`${typeof error}: ${error.error()}`)
      if (error.error().indexOf('unknown event') !== 0) client.close()
    })
  })
  return { seen, status: result.status, url: result.url, error: result.error }
}

/** The jar of the VU, one of its own, and what is sent of them. */
function cookies() {
  const jar = http.cookieJar()
  const seen = [jar.cookiesForURL(url('/status/200'))] // of the calls before
  jar.set(url('/echo'), 'kept', '1')
  jar.set(url('/echo'), 'below', '2', { path: '/echo/x' })
  jar.set(url('/echo'), 'past', '3', { expires: 'Thu, 01 Jan 1970 00:00:00 GMT' })
  jar.set('http://a.example.com/', 'shared', '4', { domain: 'example.com', max_age: 9 })
  jar.set('http://a.example.com/', 'foreign', '5', { domain: 'other.com' })
  const params = { cookies: { kept: { value: 'mine', replace: true }, own: '6' } }
  seen.push(http.get(url('/echo')).json().headers.Cookie)
  seen.push(http.get(url('/echo'), params).json().headers.Cookie)
  const own = new http.CookieJar()
  seen.push(http.get(url('/echo'), { jar: own }).json().headers.Cookie)
  http.get(url('/status/204'), { jar: own })
  seen.push(own.cookiesForURL(url('/status/x')), own.cookiesForURL(url('/')))
  seen.push(jar.cookiesForURL('http://b.example.com/'), jar.cookiesForURL(url('/echo/x/y')))
  jar.delete(url('/echo'), 'kept')
  seen.push(jar.cookiesForURL(url('/echo')))
  jar.clear(url('/echo/x/y'))
  seen.push(jar.cookiesForURL(url('/echo/x/y')))
  return seen
}

export default async function () {
  for (const name of Object.keys(CALLS)) say(name, fixed(CALLS[name]()))
  say('cookies', cookies())
  const replies = http.batch([
    ['GET', url('/echo')],
    { method: 'POST', url: url('/echo'), body: 'b' },
    url('/status/404'),
  ])
  say('batch', replies.map(fixed))
  const named = http.batch({ a: url('/status/200'), b: url('/status/500') })
  say(
    'batch by name',
    Object.keys(named)
      .sort()
      .map((name) => [name, named[name].status]),
  )
  const both = await Promise.all([
    http.asyncRequest('GET', url('/echo')),
    http.asyncRequest('POST', url('/echo'), 'x'),
  ])
  say('async', both.map(fixed))
  say('json', [http.get(url('/json')).json(), http.get(url('/json')).json('list.1.a')])
  say('binary', new Uint8Array(http.get(url('/json'), { responseType: 'binary' }).body).length)
  for (const name of Object.keys(STREAMS)) say(`sse: ${name}`, open(STREAMS[name]))
  for (const timeout of [60000, 'soon']) {
    try {
      sse.open(url('/sse'), { timeout }, () => undefined)
    } catch (error) {
      say(`sse: timeout ${timeout}`, String(error))
    }
  }
  try {
    sse.open(url('/sse'), {}, () => {
      throw new Error('in the handler')
    })
  } catch (error) {
    say('sse: a handler throws', String(error))
  }
}

export function handleSummary(data) {
  return { stdout: `\nSUMMARY ${JSON.stringify(data)}\n` }
}
