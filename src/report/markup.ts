/** Text that is HTML already. Only `html` makes it, so that nothing is put into a page unescaped. */
export interface Markup {
  markup: string
}

type Value = string | number | Markup | Value[] | false | undefined

/** HTML with values in it: texts are escaped, `Markup` and lists of it are taken as they are. */
export function html(strings: TemplateStringsArray, ...values: Value[]): Markup {
  let markup = strings[0] as string
  values.forEach((value, i) => {
    markup += written(value) + strings[i + 1]
  })
  return { markup }
}

/** Text of this project that is HTML, CSS or a script by itself. Never a name or a message. */
export function trusted(text: string): Markup {
  return { markup: text }
}

/** Data inside `<script type="application/json">`, where only `<` can do harm. */
export function jsonMarkup(data: unknown): Markup {
  return { markup: JSON.stringify(data).replace(/</g, '\\u003c') }
}

function written(value: Value): string {
  if (value === undefined || value === false) return ''
  if (Array.isArray(value)) return value.map(written).join('')
  if (typeof value === 'object') return value.markup
  return String(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
