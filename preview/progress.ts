// The line that tells how far the run is.
import type { Board } from './board.ts'
import { formatClock } from './durations.ts'
import { type Scheduler, totalOf } from './scheduler.ts'

/** Where the line is not rewritten in place, one in ten seconds is enough. */
const EVERY = { terminal: 200, file: 10_000 }

export interface Progress {
  /** makes room for a line of the log; the next tick draws anew */
  clear(): void
  stop(): void
}

interface Shown {
  stream: NodeJS.WriteStream
  board: Board
  scheduler: Scheduler
}

export function startProgress({ stream, board, scheduler }: Shown): Progress {
  const terminal = stream.isTTY === true
  let drawn = false

  const text = () => {
    const complete = board.get('iterationsCompleted')
    const cut = board.get('iterationsInterrupted')
    const vus = `${board.get('vusActive')}/${board.get('vusInitialized')} VUs`
    const parts = scheduler.parts.map((part) => {
      const { name, duration } = part.scenario
      if (part.began < 0) return `${name} waiting`
      const total = totalOf(part.scenario)
      const share = part.done
        ? 1
        : total > 0
          ? part.completed / total
          : Math.min(1, (board.elapsed() - part.began) / duration)
      return `${name} ${Math.floor(100 * share)}%`
    })
    return `preview ${formatClock(board.elapsed())}, ${vus}, ${complete} complete and ${cut} interrupted iterations; ${parts.join(', ')}`
  }
  const clear = () => {
    if (drawn) stream.write('\r\u001b[2K')
    drawn = false
  }
  const draw = () => {
    clear()
    const width = stream.columns ?? 80
    stream.write(terminal ? text().slice(0, width - 1) : `${text()}\n`)
    drawn = terminal
  }
  const timer = setInterval(draw, terminal ? EVERY.terminal : EVERY.file)
  return {
    clear,
    stop() {
      clearInterval(timer)
      clear()
      stream.write(`${text()}\n`)
    },
  }
}
