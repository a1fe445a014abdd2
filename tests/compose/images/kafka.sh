#!/bin/bash
# Kafka as its official image: KAFKA_SOME_NAME becomes some.name in its configuration; the first start formats the folder.
set -eu
settings=/tmp/server.properties
for name in $(compgen -e KAFKA_); do
  case $name in KAFKA_HEAP_OPTS | KAFKA_OPTS) continue ;; esac
  property=${name#KAFKA_}
  property=${property,,}
  echo "${property//_/.}=${!name}"
done > "$settings"
java="java -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -cp /opt/kafka/libs/*"
set -f
[ -f "$KAFKA_LOG_DIRS/meta.properties" ] || $java kafka.tools.StorageTool format -t 5L6g3nShT-eMCtK--X86sw -c "$settings"
exec ${java/java/java $KAFKA_HEAP_OPTS} kafka.Kafka "$settings"
