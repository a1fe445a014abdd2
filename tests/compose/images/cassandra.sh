#!/bin/bash
# Cassandra as its official image: name, heap and further Java options from the environment, the address from the network.
set -eu
address=$(hostname -i | cut -d' ' -f1)
sed -e "s/CLUSTER_NAME/$CASSANDRA_CLUSTER_NAME/" -e "s/ADDRESS/$address/g" /opt/cassandra/cassandra.yaml > /tmp/cassandra.yaml
opened=$(printf -- '--add-opens=%s=ALL-UNNAMED ' java.base/{java.io,java.lang,java.lang.module,java.lang.reflect,java.math} \
  java.base/{java.net,java.nio,java.util,java.util.concurrent,java.util.concurrent.atomic,sun.nio.ch} \
  java.base/jdk.internal.{loader,math,module,ref,reflect,util.jar} \
  java.rmi/sun.rmi.transport.tcp jdk.management/com.sun.management.internal)
exported=$(printf -- '--add-exports=%s=ALL-UNNAMED ' java.base/{java.lang.ref,jdk.internal.misc,jdk.internal.ref,sun.nio.ch} \
  java.management.rmi/com.sun.jmx.remote.internal.rmi java.rmi/sun.rmi.{registry,server,transport.tcp} \
  java.sql/java.sql jdk.compiler/com.sun.tools.javac.api)
mkdir -p /var/lib/cassandra
exec java "-Xmx$MAX_HEAP_SIZE" $opened $exported -Djdk.attach.allowAttachSelf=true \
  -Dlogback.configurationFile=/opt/cassandra/logback.xml \
  -Dcassandra.config=file:///tmp/cassandra.yaml -Dcassandra.storagedir=/var/lib/cassandra -Dcassandra.logdir=/tmp \
  -Dcassandra-foreground=yes ${JVM_EXTRA_OPTS:-} -cp '/opt/cassandra/lib/*' org.apache.cassandra.service.CassandraDaemon
