#!/bin/sh
# Provisions a camera against `firstlight lab` with curl, openssl, python3-jwt and the Mosquitto clients alone, then shows what the
# edge refuses. Nothing of firstlight's own takes part on the device's side.
. "$FIRSTLIGHT_SOURCE/tests/support/lab.sh"
start_lab

# provision ADDRESS NAME: token and configuration of the camera at that address, into $work/NAME.*
provision() {
  curl -sS --fail --cacert "$ca" --interface "$1" "$endorse_url" -o "$work/$2.token.json" || return 1
  token=$(jq -r .token "$work/$2.token.json")
  curl -sS --fail --cacert "$ca" --interface "$1" -H "Authorization: Bearer $token" "$config_url" -o "$work/$2.config.json" || return 1
  jq -r .certificates.certificate_pem "$work/$2.config.json" >"$work/$2.crt"
  jq -r .certificates.private_key_pem "$work/$2.config.json" >"$work/$2.key"
  jq -r .certificates.ca_certificate_pem "$work/$2.config.json" >"$work/$2.ca"
}
field() { jq -r "$2" "$work/$1.config.json"; }
mqtt() { # mqtt sub|pub NAME arguments…: as that device, with its certificate and client id
  tool=$1 who=$2; shift 2
  stdbuf -oL "mosquitto_$tool" -h "$(field "$who" .mqtt_config.endpoint)" -p "$(field "$who" .mqtt_config.port)" --cafile "$work/$who.ca" \
    --cert "$work/$who.crt" --key "$work/$who.key" -i "$(field "$who" .mqtt_config.client_id)" "$@"
}
operator() { # operator sub|pub arguments…
  tool=$1; shift
  stdbuf -oL "mosquitto_$tool" -h "$mqtt_host" -p "$mqtt_port" --cafile "$ca" --cert "$operator_cert" --key "$operator_key" "$@"
}

echo "-- the token"
expect "a token and a configuration by curl" provision 127.0.0.9 one
token=$(jq -r .token "$work/one.token.json")
header=$(echo "$token" | cut -d. -f1 | tr '_-' '/+' | /usr/bin/python3 -c 'import sys,base64; t=sys.stdin.read().strip(); print(base64.b64decode(t+"="*(-len(t)%4)).decode())')
kid=$(echo "$header" | jq -r .kid)
same "the header is exactly kid and alg" "{\"kid\":\"$kid\",\"alg\":\"RS256\"}" "$header"
expect "the public key by its kid" curl -sS --fail --cacert "$ca" "$keys_url/$kid" -o "$work/key.pem"
expect "openssl reads it as SubjectPublicKeyInfo" openssl pkey -pubin -in "$work/key.pem" -noout
cat >"$work/verify.py" <<'PY'
import sys, jwt
key, token = open(sys.argv[1]).read(), sys.argv[2]
claims = jwt.decode(token, key, algorithms=["RS256"], audience="soracom-endorse-audience", issuer="https://soracom.io")
assert claims["sub"] == "soracom-endorse", claims
assert claims["nbf"] == claims["iat"] - 60, claims
assert list(claims)[:7] == ["iss", "aud", "exp", "jti", "iat", "nbf", "sub"], claims
assert len(claims["jti"]) == 22, claims
print(claims["soracom-endorse-claim"]["imsi"])
PY
expect "python3-jwt verifies it" /usr/bin/python3 "$work/verify.py" "$work/key.pem" "$token"
same "its IMSI is that of 127.0.0.9" 440102130706441 "$(cat "$work/last.out")"
flipped=$(/usr/bin/python3 - "$token" <<'PY'
import base64, sys
h, p, s = sys.argv[1].split(".")
raw = bytearray(base64.urlsafe_b64decode(s + "=" * (-len(s) % 4)))
raw[100] ^= 1
print(".".join([h, p, base64.urlsafe_b64encode(bytes(raw)).rstrip(b"=").decode()]))
PY
)
refuse "python3-jwt refuses it with one bit flipped" /usr/bin/python3 "$work/verify.py" "$work/key.pem" "$flipped"
same "the config API answers 401 to the flipped one" 401 \
  "$(curl -sS --cacert "$ca" -H "Authorization: Bearer $flipped" -D "$work/401" -o "$work/401.json" -w '%{http_code}' "$config_url")"
contains "with WWW-Authenticate" 'error="invalid_token"' "$work/401"
same "and 401 without a token" 401 "$(curl -sS --cacert "$ca" -o /dev/null -w '%{http_code}' "$config_url")"
same "an unknown kid is 403" 403 "$(curl -sS --cacert "$ca" -o /dev/null -w '%{http_code}' "$keys_url/v1-00000000000000000000000000000000-x509.pem")"
refuse "curl without the lab's CA trusts nobody" curl -sS --fail "$endorse_url"

echo "-- the configuration"
device=$(field one .device_id)
id=$(field one .certificates.certificate_id)
same "it has all nine groups" "certificates device_id kvs_config mqtt_config network recording streaming telemetry webrtc_config" \
  "$(jq -r 'keys | join(" ")' "$work/one.config.json")"
expect "it is valid against docs/api/provisioning-api.yaml" \
  /usr/bin/python3 "$FIRSTLIGHT_SOURCE/tests/support/validate_schema.py" config "$work/one.config.json"
expect "an error is, too" /usr/bin/python3 "$FIRSTLIGHT_SOURCE/tests/support/validate_schema.py" error "$work/401.json"
same "the certificate id is the SHA-256 of the DER" "$id" "$(openssl x509 -in "$work/one.crt" -outform DER | sha256sum | cut -d' ' -f1)"
same "the key belongs to the certificate" "$(openssl x509 -in "$work/one.crt" -noout -pubkey)" "$(openssl pkey -in "$work/one.key" -pubout)"
same "the key is EC P-256" "$(printf 'Private-Key: (256 bit)')" "$(openssl pkey -in "$work/one.key" -noout -text | head -1)"

echo "-- MQTT"
mqtt sub one -t "cmd/v1/$device/req" -C 1 -W 20 -d >"$work/command" 2>&1 &
subscriber=$!
expect "the subscription is acknowledged" within 10 grep -q "received SUBACK" "$work/command"
operator sub -t "dt/v1/+/status" -C 1 -W 20 -v -d >"$work/status" 2>&1 &
watcher=$!
within 10 grep -q "received SUBACK" "$work/status" || fail "the operator cannot subscribe: $(cat "$work/status")"
operator pub -t "cmd/v1/$device/req" -q 1 -m '{"request_id":"r1","command":"ping"}' || fail "the operator cannot publish"
wait $subscriber
contains "the command arrives" '{"request_id":"r1","command":"ping"}' "$work/command"
expect "the status is published with QoS 1" mqtt pub one -q 1 -t "dt/v1/$device/status" -m '{"state":"online"}'
wait $watcher
contains "and reaches the operator" "dt/v1/$device/status {\"state\":\"online\"}" "$work/status"
expect "and the same over MQTT 5" mqtt pub one -V mqttv5 -q 1 -t "dt/v1/$device/status" -m '{"state":"online"}'

echo "-- what the edge refuses"
provision 127.0.0.10 two || fail "the second camera"
other=$(field two .device_id)
[ "$device" != "$other" ] && pass "another address is another camera" || fail "two addresses, one device"
refuse "a publish on another camera's topic (3.1.1)" mqtt pub one -q 1 -t "dt/v1/$other/status" -m x
mqtt pub one -V mqttv5 -q 1 -t "dt/v1/$other/status" -m x >"$work/v5" 2>&1
contains "a publish on another camera's topic (5)" "Not authorized" "$work/v5"
refuse "a subscription to another camera's commands" mqtt sub one -t "cmd/v1/$other/req" -C 1 -W 3
refuse "another client id" mosquitto_pub -h "$mqtt_host" -p "$mqtt_port" --cafile "$ca" --cert "$work/one.crt" --key "$work/one.key" \
  -i "$other" -q 1 -t "dt/v1/$device/status" -m x

# alert_of ARGUMENTS…: what openssl s_client is told. With TLS 1.3 a refusal arrives after the client's own handshake is done, so it
# reads on until the server closes; a welcome one is let go by the timeout.
alert_of() {
  timeout 3 openssl s_client -ign_eof -connect "$mqtt_host:$mqtt_port" -CAfile "$ca" "$@" </dev/null >"$work/tls" 2>&1
  grep -o 'SSL alert number [0-9]*' "$work/tls" | head -1
}
same "no certificate: alert 116 (certificate_required)" "SSL alert number 116" "$(alert_of)"
openssl ecparam -name prime256v1 -genkey -noout -out "$work/self.key" 2>/dev/null
openssl req -new -x509 -key "$work/self.key" -subj "/CN=AWS IoT Certificate" -days 2 -out "$work/self.crt" 2>/dev/null
same "a self-signed certificate: alert 48 (unknown_ca)" "SSL alert number 48" "$(alert_of -cert "$work/self.crt" -key "$work/self.key")"
openssl req -new -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$work/ca2.key" -subj "/CN=Other CA" -days 2 -out "$work/ca2.crt" 2>/dev/null
openssl req -new -key "$work/self.key" -subj "/CN=AWS IoT Certificate" 2>/dev/null |
  openssl x509 -req -CA "$work/ca2.crt" -CAkey "$work/ca2.key" -CAcreateserial -days 2 -out "$work/foreign.crt" 2>/dev/null
same "a certificate of another CA: alert 48 (unknown_ca)" "SSL alert number 48" "$(alert_of -cert "$work/foreign.crt" -key "$work/self.key")"
same "the camera's own certificate: no alert" "" "$(alert_of -cert "$work/one.crt" -key "$work/one.key")"

echo "-- the control plane"
expect "DescribeCertificate" curl -sS --fail --cacert "$ca" "$iot_url/certificates/$id" -o "$work/described"
same "the certificate is ACTIVE" ACTIVE "$(jq -r .certificateDescription.status "$work/described")"
mqtt sub one -t "cmd/v1/$device/req" -W 20 -d >"$work/live" 2>&1 &
live=$!
within 10 grep -q "received SUBACK" "$work/live" || fail "no live session"
expect "UpdateCertificate to INACTIVE" curl -sS --fail --cacert "$ca" -X PUT "$iot_url/certificates/$id?newStatus=INACTIVE"
same "and it is INACTIVE" INACTIVE "$(curl -sS --cacert "$ca" "$iot_url/certificates/$id" | jq -r .certificateDescription.status)"
same "an INACTIVE certificate: alert 46 (certificate_unknown)" "SSL alert number 46" "$(alert_of -cert "$work/one.crt" -key "$work/one.key")"
refuse "it cannot publish any more" mqtt pub one -q 1 -t "dt/v1/$device/status" -m x
kill $live 2>/dev/null; wait $live 2>/dev/null
expect "the live session was disconnected" grep -cE "(Client .* received DISCONNECT|The connection was lost|sending CONNECT)" "$work/live"
same "unknown certificates are 404" 404 "$(curl -sS --cacert "$ca" -D "$work/404" -o /dev/null -w '%{http_code}' "$iot_url/certificates/$(printf '0%.0s' $(seq 64))")"
contains "with AWS's error header" "ResourceNotFoundException:" "$work/404"

echo "-- SQLite"
same "the registry shows both devices" 2 "$(sqlite3 "$(echo "$ready" | jq -r .registry_file)" 'select count(*) from devices')"
contains "the lab told what happened" "MQTT connection REFUSED" "$work/lab.log"
stop_lab
[ ! -e "$state_dir" ] && pass "its folder is gone" || fail "the lab left $state_dir behind"
grep -q "BEGIN" "$work/lab.log" && fail "a key or certificate in the lab's log" || pass "no key in the lab's log"
finish
