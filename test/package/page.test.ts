import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type Browser, type BrowserContextOptions, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type * as source from '#node'
import { findChromium } from '../support/chromium.ts'
import { sampleContext, sampleRun } from '../support/sample-report.ts'

// The HTML report as it is shipped, in a browser.
const found = findChromium()
const about = found
  ? 'the report page in Chromium'
  : 'the report page: NOT TESTED, no Chromium was found (apt-get install chromium, or CHROMIUM_BIN)'

describe.skipIf(!found)(about, { timeout: 60_000 }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'k6-llm-page-'))
  const address = (locale: string) => pathToFileURL(join(directory, `${locale}.html`)).href
  let browser: Browser

  beforeAll(async () => {
    const file = fileURLToPath(new URL('../../dist/node.js', import.meta.url))
    const { toReport, renderHtml } = (await import(
      /* @vite-ignore */ pathToFileURL(file).href
    )) as typeof source
    const report = toReport(sampleRun, sampleContext)
    for (const locale of ['en', 'ko'] as const) {
      writeFileSync(join(directory, `${locale}.html`), renderHtml(report, { locale }))
    }
    browser = await chromium.launch({ executablePath: found, args: ['--no-sandbox'] })
  }, 60_000)
  afterAll(() => browser?.close())

  /** Opens the page and collects what it says and asks for. */
  async function open(options: BrowserContextOptions = {}, locale = 'en') {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
    const page = await context.newPage()
    const said: string[] = []
    page.on('console', (message) => said.push(message.text()))
    page.on('pageerror', (error) => said.push(error.message))
    page.on('dialog', (dialog) => said.push(`dialog ${dialog.message()}`))
    page.on('request', (request) => {
      if (request.url() !== address(locale)) said.push(`request ${request.url()}`)
    })
    await page.goto(address(locale))
    if (options.javaScriptEnabled !== false) {
      // Not waitForFunction: what it asks again is forbidden by the page's own policy.
      await expect
        .poll(() => page.evaluate('document.documentElement.dataset.charts'))
        .toBe('drawn')
    }
    return { page, said }
  }

  /** Pixels of each chart that differ from nothing. */
  const INK = `[...document.querySelectorAll('.plot')].map((plot) => {
    const canvas = plot.querySelector('canvas')
    if (!canvas) return 0
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
    let ink = 0
    for (let i = 3; i < data.length; i += 4) if (data[i] > 0) ink++
    return ink
  })`

  test('draws every chart, says nothing on the console, asks for nothing', async () => {
    const { page, said } = await open()
    const ink = (await page.evaluate(INK)) as number[]
    expect(ink).toHaveLength(7)
    for (const pixels of ink) expect(pixels).toBeGreaterThan(1000)
    expect(await page.locator('.u-legend').first().innerText()).toContain(
      'qwen-<script>alert(1)</script>',
    )
    await page.locator('.u-over').first().hover()
    expect(await page.locator('.u-legend').first().innerText()).toMatch(/TTFT\s*\d+ ms/)
    expect(said).toEqual([])
  })

  test.each([
    ['en', 360],
    ['ko', 360],
    ['en', 1280],
  ])('%s: nothing is wider than a screen of %i', async (locale, width) => {
    const { page, said } = await open({ viewport: { width, height: 740 } }, locale)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
    expect(said).toEqual([])
  })

  test('is dark where the reader is, and light on paper', async () => {
    const light = await open()
    const dark = await open({ colorScheme: 'dark' })
    const colors = `(() => {
      const { backgroundColor, color } = getComputedStyle(document.body)
      return [backgroundColor, color].map((text) => Number(/\\d+/.exec(text)[0]))
    })()`
    const [paper, ink] = (await light.page.evaluate(colors)) as number[]
    const [night, chalk] = (await dark.page.evaluate(colors)) as number[]
    expect(paper).toBeGreaterThan(200)
    expect(ink).toBeLessThan(60)
    expect(night).toBeLessThan(60)
    expect(chalk).toBeGreaterThan(200)
    const pdf = await dark.page.pdf({ format: 'A4' })
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')
    expect(dark.said).toEqual([])
    // The charts are drawn again in the colours of paper, and back.
    await dark.page.evaluate('dispatchEvent(new Event("beforeprint"))')
    expect(await dark.page.evaluate('getComputedStyle(document.body).color')).toBe(
      'rgb(26, 29, 33)',
    )
    await dark.page.evaluate('dispatchEvent(new Event("afterprint"))')
    expect(await dark.page.evaluate('getComputedStyle(document.body).color')).not.toBe(
      'rgb(26, 29, 33)',
    )
  })

  test('draws anew when the window changes', async () => {
    const { page } = await open()
    const width = 'document.querySelector("[data-chart=sweep] canvas").clientWidth'
    const before = (await page.evaluate(width)) as number
    await page.setViewportSize({ width: 600, height: 800 })
    await expect.poll(() => page.evaluate(width)).toBeLessThan(before)
  })

  test('without a script has every table, and says what is missing', async () => {
    const { page, said } = await open({ javaScriptEnabled: false })
    expect(await page.locator('canvas').count()).toBe(0)
    expect(await page.locator('noscript').innerText()).toContain('Charts need JavaScript')
    const text = await page.locator('main').innerText()
    for (const figure of ['2387 ms', '371 ms', '244,824', 'http_5xx', '212 ms', '99.36 %']) {
      expect(text).toContain(figure)
    }
    expect(said).toEqual([])
  })
})
