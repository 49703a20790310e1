export const b64encode = (text: string) => Buffer.from(text, 'utf8').toString('base64')
