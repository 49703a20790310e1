// node --import peak-memory.js …: tells the peak of its memory, in kB, when it ends.
import { writeFileSync } from 'node:fs'

process.on('exit', () => {
  const file = process.env.PEAK_MEMORY_FILE
  if (file) writeFileSync(file, String(process.resourceUsage().maxRSS))
})
