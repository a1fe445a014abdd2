#!/bin/bash
# SecantusDB in the clothes of MongoDB's official image: the first start makes the root user while the server listens on
# the loopback only; afterwards nobody gets in without a password. Words for mongod are not for this server.
set -eu
data=/data/db
bin=/opt/mongodb/bin
if [ ! -e "$data/.has-user" ]; then
  rm -rf "${data:?}"/*
  $bin/secantusd-py --host 127.0.0.1 --port 27017 --standalone --storage-path "$data" &
  server=$!
  $bin/python - <<'END'
import os, pymongo
client = pymongo.MongoClient('127.0.0.1', 27017, serverSelectionTimeoutMS=60000, directConnection=True)
client.admin.command('createUser', os.environ['MONGO_INITDB_ROOT_USERNAME'],
                     pwd=os.environ['MONGO_INITDB_ROOT_PASSWORD'], roles=['root'])
END
  kill "$server" && wait "$server" || true
  touch "$data/.has-user"
fi
exec $bin/secantusd-py --auth --host 0.0.0.0 --port 27017 --standalone --cache-size 256M --storage-path "$data" --sync-on-commit
