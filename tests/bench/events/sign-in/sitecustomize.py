"""Python runs this at its start: the peer signs in nowhere, and our engines want it. The programs themselves stay as they are."""

import os

from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import Cluster
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer

for client in (KafkaAdminClient, KafkaConsumer, KafkaProducer):
    client.DEFAULT_CONFIG.update(
        security_protocol="SASL_PLAINTEXT",
        sasl_mechanism="PLAIN",
        sasl_plain_username=os.environ["KAFKA_USER"],
        sasl_plain_password=os.environ["KAFKA_PASSWORD"],
    )

connect = Cluster.__init__


def signed_in(self, *words, **settings):
    settings.setdefault(
        "auth_provider", PlainTextAuthProvider(os.environ["CASSANDRA_USER"], os.environ["CASSANDRA_PASSWORD"])
    )
    connect(self, *words, **settings)


Cluster.__init__ = signed_in
