// Stand-in for k6/data: elements go through JSON as in k6, and a name is made once.

const made = new Map<string, string[]>()

export function forgetShared() {
  made.clear()
}

export class SharedArray extends Array<unknown> {
  constructor(name: string, make: () => unknown[]) {
    super()
    const rows = made.get(name) ?? make().map((row) => JSON.stringify(row))
    made.set(name, rows)
    for (const row of rows) super.push(JSON.parse(row))
  }

  static override get [Symbol.species]() {
    return Array
  }
}
