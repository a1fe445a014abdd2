# Copies one segment of the write-ahead log to the folder DOCA_WAL, or back; PostgreSQL calls it.
#   sh wal.sh keep PATH NAME    compressed, flushed to disk, under its name only when whole; one that is there stays
#   sh wal.sh fetch NAME PATH
set -eu
umask 077

case $1 in
keep)
  # The half segment that a restore to a time leaves: the whole one is kept.
  case $3 in *.partial) exit 0 ;; esac
  kept=$DOCA_WAL/$3.gz
  if [ -e "$kept" ]; then
    # The server was killed before it knew.
    gzip -dc "$kept" | cmp -s - "$2" && exit 0
    echo "doca: $kept is there, with another content" >&2
    exit 1
  fi
  partial=$DOCA_WAL/.partial-$3
  gzip -1 -c "$2" >"$partial"
  sync "$partial"
  mv "$partial" "$kept"
  sync "$DOCA_WAL"
  ;;
fetch)
  [ -e "$DOCA_WAL/$2.gz" ] || exit 1
  gzip -dc "$DOCA_WAL/$2.gz" >"$3"
  ;;
esac
