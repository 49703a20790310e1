import type { Socket } from 'node:net'

/** Most bytes of a proxy's answer to CONNECT. */
const LONGEST = 65536

/** The credentials of a proxy's address, as its header wants them. */
export function proxyAuthorization(proxy: URL): string | undefined {
  if (proxy.username === '') return undefined
  const user = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`
  return `Basic ${Buffer.from(user).toString('base64')}`
}

/** Asks a proxy, over an open connection to it, for one to the target. */
export function openTunnel(socket: Socket, target: URL, proxy: URL): Promise<void> {
  const authority = `${target.hostname}:${target.port || 443}`
  const credentials = proxyAuthorization(proxy)
  const lines = [`CONNECT ${authority} HTTP/1.1`, `Host: ${authority}`]
  if (credentials !== undefined) lines.push(`Proxy-Authorization: ${credentials}`)
  return new Promise((resolve, reject) => {
    let answer = Buffer.alloc(0)
    const refuse = (message: string) => {
      socket.destroy()
      reject(new Error(`the proxy ${proxy.host} refuses CONNECT: ${message}`))
    }
    const onClose = () => refuse('it closed the connection')
    const onData = (piece: Buffer) => {
      answer = Buffer.concat([answer, piece])
      const end = answer.indexOf('\r\n\r\n')
      if (end === -1) {
        if (answer.length > LONGEST) refuse('its answer has no end')
        return
      }
      socket.off('data', onData).off('close', onClose)
      socket.pause()
      const [status = ''] = answer.toString('latin1').split('\r\n')
      if (!/^HTTP\/1\.[01] 2\d\d( |$)/.test(status)) return refuse(status.slice(0, 100))
      const rest = answer.subarray(end + 4)
      if (rest.length > 0) socket.unshift(rest)
      resolve()
    }
    socket.on('data', onData).once('close', onClose)
    socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  })
}
