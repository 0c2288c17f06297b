// The packages that carry Node write `os` and `cpu` as strings, which pnpm ignores: as lists they
// let each machine install its own Node alone. The Linux builds are for glibc.
const list = (value) => (typeof value === 'string' ? [value] : value)

export const hooks = {
  readPackage(pkg) {
    if (/^node-(bin-)?(linux|darwin|win)-/.test(pkg.name ?? '')) {
      pkg.os = list(pkg.os)
      pkg.cpu = list(pkg.cpu)
      if (pkg.name.startsWith('node-linux')) pkg.libc = ['glibc']
    }
    return pkg
  },
}
