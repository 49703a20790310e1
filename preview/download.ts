import { get as httpGet } from 'node:http'
import { get as httpsGet } from 'node:https'
import { trusted } from './certificates.ts'

/** How long an https import may take. */
const LIMIT = 20_000
const REDIRECTS = 5

/**
 * Fetches a module.
 *
 * @returns rejects with a text that names the address
 */
export async function download(url: string, redirects = REDIRECTS): Promise<string> {
  const { status, location, text } = await fetchOnce(url).catch((error) => {
    throw new Error(`${url} could not be fetched: ${error.message}`)
  })
  if (status >= 300 && status < 400 && location !== undefined && redirects > 0) {
    return download(new URL(location, url).href, redirects - 1)
  }
  if (status !== 200) throw new Error(`${url} could not be fetched: HTTP ${status}`)
  return text
}

interface Reply {
  status: number
  location: string | undefined
  text: string
}

function fetchOnce(url: string): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const ca = trusted()
    const get = url.startsWith('https:') ? httpsGet : httpGet
    const request = get(url, { agent: false, ...(ca === undefined ? {} : { ca }) }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        clearTimeout(timer)
        resolve({
          status: response.statusCode ?? 0,
          location: response.headers.location,
          text: Buffer.concat(chunks).toString('utf8'),
        })
      })
    })
    const timer = setTimeout(
      () => request.destroy(new Error(`no answer in ${LIMIT / 1000} s`)),
      LIMIT,
    )
    request.on('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
  })
}
