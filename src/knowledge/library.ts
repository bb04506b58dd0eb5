/** Repositories of Docker Hub's official library: names that mean an image wherever no stage has them. */
const LIBRARY: ReadonlySet<string> = new Set(
  'adminer aerospike almalinux alpine alt amazoncorretto amazonlinux api-firewall arangodb archlinux backdrop bash bonita buildpack-deps busybox caddy cassandra centos chronograf cirros clearlinux clefos clickhouse clojure composer consul convertigo couchbase couchdb crate crux dart debian docker drupal eclipse-mosquitto eclipse-temurin eggdrop elasticsearch elixir emqx erlang express-gateway fedora flink fluentd friendica gazebo gcc geonetwork ghost gradle groovy haproxy haskell haxe hello-world hitch hola-mundo httpd hylang ibm-semeru-runtimes ibmjava influxdb irssi java jenkins jetty joomla jruby julia kapacitor kibana kong krakend lightstreamer liquibase logstash mageia mariadb matomo maven mediawiki memcached mongo mongo-express monica mono mysql nats nats-streaming neo4j neurodebian nextcloud nginx node notary nuxeo odoo open-liberty openjdk opensuse oraclelinux orientdb percona perl photon php php-zendserver phpmyadmin plone postfixadmin postgres ppa pypy python r-base rabbitmq rakudo-star rapidoid redis redmine registry rethinkdb rockylinux ros ruby rust sapmachine satosa scratch silverpeas sl solr sonarqube source-mage spark spiped storm swarm swift swipl telegraf thrift tomcat tomee traefik ubuntu ubuntu-debootstrap ubuntu-upstart unit valkey varnish vault websphere-liberty wordpress xwiki yourls znc zookeeper golang'.split(
    ' ',
  ),
);

/** Whether a bare name is that of an official image. */
export function isLibraryImage(name: string): boolean {
  return LIBRARY.has(name.toLowerCase());
}
