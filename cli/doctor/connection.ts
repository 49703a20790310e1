import type { ErrorKind } from '#node'
import type { Finding } from './finding.ts'
import type { Exchange, Failure } from './request.ts'

const UNREACHABLE = /^E(HOST|NET)UNREACH$/
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO|ALTNAME/

/** The kind that a request which failed so would count as. */
export function kindOf({ code, message }: Failure): ErrorKind {
  if (code === 'ECONNREFUSED' || UNREACHABLE.test(code)) return 'connect'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'dns'
  if (noTls({ code, message }) || CERTIFICATE.test(code)) return 'tls'
  if (code === 'ETIMEDOUT') return 'timeout'
  if (code.startsWith('HPE_') || code.startsWith('Z_')) return 'decode'
  return code === 'TOO_LONG' ? 'aborted' : 'reset'
}

function noTls({ code, message }: Failure): boolean {
  return code === 'EPROTO' || /wrong version number|packet length too long/i.test(message)
}

/**
 * Why there was no answer, and what helps: the guide's chapter on troubleshooting.
 *
 * @param seen that failed before its headers
 */
export function noAnswer({ url, error, at }: Exchange): Finding {
  const failure = error ?? { code: '', message: '' }
  const { code, message } = failure
  const kind = kindOf(failure)
  const means = `every request would fail as "${kind}"`
  const { host, hostname, protocol, port } = new URL(url)
  const local = /^(localhost|127\.|\[::1\])/.test(hostname)
  if (code === 'ECONNREFUSED') {
    return {
      check: 'connection',
      level: 'fail',
      found: `${host} refuses connections: nothing listens there`,
      means,
      todo:
        'is it running (docker compose ps, docker compose logs), and on this port ' +
        `(ss -tlnp, netstat -tulpn)?${local ? ' In a container localhost is the container itself: use --network=host, or the name of the service' : ' Is the port published?'}`,
    }
  }
  if (kind === 'dns') {
    return {
      check: 'dns',
      level: 'fail',
      found: `no address is known for ${hostname} (${code})`,
      means,
      todo: 'check the name; names of Docker services are known inside their network only',
    }
  }
  if (noTls(failure)) {
    return {
      check: 'tls',
      level: 'fail',
      found: `${host} speaks no TLS on this port`,
      means,
      todo: `use http://${host}`,
    }
  }
  if (kind === 'tls') {
    return {
      check: 'tls',
      level: 'fail',
      found: `the certificate of ${host} is not accepted (${code})`,
      means,
      todo:
        'for a test of your own: export const options = { insecureSkipTLSVerify: true }, or ' +
        'k6 run --insecure-skip-tls-verify; look again with --insecure',
    }
  }
  if (kind === 'timeout' || kind === 'connect') {
    const connected = at.connect !== undefined
    return {
      check: 'timeout',
      level: 'fail',
      found: connected
        ? `${host} took the connection and then gave ${message || 'no answer'}`
        : `no connection to ${host} (${message || code})`,
      means,
      todo: connected
        ? 'the server is overloaded, loads a model, or hangs: look at its log; more time: --timeout 120s'
        : 'a firewall, a wrong address, or no route: try it from the machine of the server',
    }
  }
  if (code.startsWith('HPE_')) {
    return {
      check: 'connection',
      level: 'fail',
      found: `what answers at ${host} is no HTTP (${code})`,
      means: 'no request can be read there',
      todo: `check the port${port ? ` ${port}` : ''}; gRPC and databases answer so`,
    }
  }
  return {
    check: 'connection',
    level: 'fail',
    found: `${host} cut the connection before it answered (${code}: ${message})`,
    means,
    todo:
      protocol === 'http:'
        ? `does this port want https://? Else look at the log of the server or its proxy`
        : 'look at the log of the server or its proxy',
  }
}
