#!/bin/sh
# The faults as software that is not ours meets them: curl's exit codes, openssl s_client's alerts, python3-jwt's exceptions and
# what mosquitto_pub says. One lab with a camera's address for each fault; every fault is for that camera alone.
. "$FIRSTLIGHT_SOURCE/tests/support/lab.sh"

cameras=0
rules=$work/rules
# rule AT INJECT [FURTHER KEYS]: a rule for the next camera, whose address is then in $address
rule() {
  cameras=$((cameras + 1))
  printf '  - {id: rule-%d, at: %s, inject: %s, cameras: [%d]%s}\n' $cameras "$1" "$2" $cameras "${3:+, $3}" >>"$rules"
  address=127.16.0.$cameras
}
# what each camera meets, in the order of the checks below
rule link.endorse reset; reset_at_once=$address
rule link.endorse '{reset: {when: before-tls}}'; reset_before_tls=$address
rule link.endorse '{reset: {when: after-tls}}'; reset_after_tls=$address
rule link.endorse blackhole; blackhole=$address
rule tls.endorse stall; tls_stall=$address
rule link.endorse '{stall: {after: 2KiB}}'; stall=$address
rule link.endorse '{slice: {bytes: 7B, pause: 0s}}'; slice=$address
rule tls.endorse expired; expired=$address
rule tls.endorse not-yet-valid; not_yet_valid=$address
rule tls.endorse wrong-name; wrong_name=$address
rule tls.endorse unknown-ca; unknown_ca=$address
rule tls.endorse self-signed; self_signed=$address
rule tls.endorse incomplete-chain; incomplete=$address
rule tls.endorse oversized; oversized=$address
rule tls.endorse '{alert: 40}'; alert40=$address
rule tls.endorse '{alert: 80}'; alert80=$address
rule tls.endorse '{version: "1.0"}'; version=$address
rule tls.endorse '{cipher: TLS_CHACHA20_POLY1305_SHA256}'; cipher=$address
rule endorse.http '{status: {code: 503, retry_after: 7s}}'; busy=$address
rule endorse.http '{truncated: 60%}'; truncated=$address
rule endorse.http '{truncated: 0%}'; empty_reply=$address
rule endorse.http '{wrong-length: 10}'; longer=$address
rule endorse.http garbage; garbage=$address
rule endorse.http chunked; chunked=$address
rule endorse.http '{redirect: "https://attacker.example/"}'; redirect=$address
rule endorse.http '{delay: 1h}'; delay=$address
rule endorse.http '{status: 500}' 'attempts: only 2'; second_only=$address
# What python3-jwt says of each defective token. It asks for exp, iat, nbf, iss, aud and sub, as a careful verifier does.
while read -r effect verdict; do
  rule endorse.token "$effect"
  echo "$address $verdict $effect" >>"$work/tokens"
done <<'LIST'
flipped-signature InvalidSignatureError
unknown-key InvalidSignatureError
alg-none InvalidAlgorithmError
hs256-public-key InvalidAlgorithmError
expired ExpiredSignatureError
not-before-in-future ImmatureSignatureError
issued-in-future ImmatureSignatureError
wrong-issuer InvalidIssuerError
wrong-audience InvalidAudienceError
audience-array sound
wrong-subject subject
funk-token MissingRequiredClaimError
{missing-claim:exp} MissingRequiredClaimError
{missing-claim:iss} MissingRequiredClaimError
other-imsi imsi
truncated DecodeError
not-a-jws DecodeError
LIST
# 3.1.1: 5 is "not authorised", 3 "server unavailable"; 5: 0x87 and 0x88 are the same in MQTT 5.
rule mqtt '{connack: 5}'; connack5=$address
rule mqtt '{connack: 3}'; connack3=$address
rule mqtt '{connack: 136}'; connack136=$address
rule config_api.certificate '{expired: 2h}'; certificate_expired=$address
rule config_api.certificate key-mismatch; key_mismatch=$address
rule config_api.certificate wrong-usage; wrong_usage=$address
rule config_api.certificate weak-key; weak_key=$address
healthy=127.16.0.$((cameras + 1))

cat >"$work/faults.yaml" <<YAML
name: peers
summary: One fault for each camera.
timeout: 60s
cameras: {count: $((cameras + 1))}
lab: {token_lifetime: 5m}
faults:
$(sed 's/{missing-claim:\(...\)}/{missing-claim: \1}/' "$rules")
  - {id: closed-port, at: link.keys, inject: refuse, between: [0s, 10s]}
expect:
  - online: {cameras: all}
YAML

refuse "a file that is no scenario" timeout 20 "$FIRSTLIGHT" lab --faults "$work/rules"
refuse "--faults with a setting of the lab's own" timeout 20 "$FIRSTLIGHT" lab --faults "$work/faults.yaml" --token-lifetime 3m
start_lab --faults "$work/faults.yaml" --journal "$work/journal"

# curl_exit ADDRESS ARGUMENTS…: its exit code, with header in $work/header, body in $work/body and message in $work/said
curl_exit() {
  from=$1; shift
  : >"$work/body"
  curl -sS --max-time 20 --noproxy '*' --cacert "$ca" --interface "$from" -D "$work/header" -o "$work/body" "$@" "$endorse_url" 2>"$work/said"
  echo $?
}
# one_of "what" ACTUAL ALLOWED…
one_of() {
  what=$1 got=$2; shift 2
  for allowed; do [ "$got" = "$allowed" ] && { pass "$what ($got)"; return; }; done
  fail "$what: got $got: $(cat "$work/said")"
}

echo "-- a port that is closed for ten seconds"
keys_answer() { curl -sS --noproxy '*' --cacert "$ca" --interface $healthy "$keys_url/x" -o /dev/null 2>"$work/said"; }
keys_answer
same "a closed port: 7 (couldn't connect)" 7 $?

echo "-- the healthy camera"
same "curl gets a token" 0 "$(curl_exit $healthy)"
same "it lives as long as the scenario's lab says" 300 \
  "$(jq -r .token "$work/body" | cut -d. -f2 | tr '_-' '/+' | /usr/bin/python3 -c '
import sys, base64, json
text = sys.stdin.read().strip()
claims = json.loads(base64.b64decode(text + "=" * (-len(text) % 4)))
print(claims["exp"] - claims["iat"])')"

# reset_of ADDRESS [tls]: how a connection from there ends that only reads, after a handshake if asked for, by Python's socket and ssl
reset_of() {
  timeout 20 /usr/bin/python3 - "$1" "$endorse_url" "$ca" "${2:-}" <<'PY'
import errno, os, socket, ssl, sys, urllib.parse
source, url, ca, tls = sys.argv[1:]
server = urllib.parse.urlsplit(url)
said = []
try:
    connection = socket.create_connection((server.hostname, server.port), 10, (source, 0))
    if tls:
        connection = ssl.create_default_context(cafile=ca).wrap_socket(connection, server_hostname=server.hostname)
        said.append(connection.version())
    connection.setblocking(True)
    said.append("data" if os.read(connection.fileno(), 1) else "end")  # the kernel's word: ssl calls a reset an end
except OSError as e:
    said.append(errno.errorcode.get(e.errno, str(e)))
print(*said)
PY
}

echo "-- connections, by curl"
# A reset may come while curl still connects (7), shakes hands (35) or reads (56); which error it was says the socket itself.
one_of "a reset at once" "$(curl_exit $reset_at_once)" 7 35 56
same "is ECONNRESET" ECONNRESET "$(reset_of $reset_at_once)"
one_of "a reset in answer to the ClientHello" "$(curl_exit $reset_before_tls)" 35 56
contains "by a reset" "eset" "$work/said"
one_of "a reset after the handshake: 55 (send) or 56 (receive)" "$(curl_exit $reset_after_tls)" 55 56
same "the handshake is complete, and then comes ECONNRESET" "TLSv1.3 ECONNRESET" "$(reset_of $reset_after_tls tls)"
same "a black hole: 28 (timeout)" 28 "$(curl_exit $blackhole --max-time 1)"
same "a ServerHello that never comes: 28" 28 "$(curl_exit $tls_stall --max-time 1)"
same "a stall in mid-answer: 28" 28 "$(curl_exit $stall --max-time 1)"
same "slices of seven bytes are the whole answer" 0 "$(curl_exit $slice)"

echo "-- certificates, by curl"
for who in expired not_yet_valid wrong_name unknown_ca self_signed incomplete; do
  eval "from=\$$who"
  same "$who: 60 (peer failed verification)" 60 "$(curl_exit "$from")"
  cp "$work/said" "$work/said.$who"
done
contains "it says why" "expired" "$work/said.expired"
contains "it says why" "not yet valid" "$work/said.not_yet_valid"
contains "it says why" "no alternative certificate subject name matches" "$work/said.wrong_name"
contains "it says why" "unable to get local issuer certificate" "$work/said.unknown_ca"
contains "it says why" "self" "$work/said.self_signed"
contains "it says why" "unable to get local issuer certificate" "$work/said.incomplete"
same "an oversized chain is a valid one" 0 "$(curl_exit $oversized)"

echo "-- handshakes, by openssl s_client"
host=${endorse_url#https://}; host=${host%%/*}
# s_client ADDRESS ARGUMENTS…: what it says, in $work/tls
s_client() {
  from=$1; shift
  timeout 20 openssl s_client -bind "$from:0" -connect "$host" -CAfile "$ca" "$@" </dev/null >"$work/tls" 2>&1
}
s_client $alert40; contains "alert 40" "SSL alert number 40" "$work/tls"
s_client $alert80; contains "alert 80" "SSL alert number 80" "$work/tls"
contains "by its name" "internal error" "$work/tls"
s_client $version -min_protocol TLSv1.2; contains "TLS 1.0 only, for a modern client: alert 70" "SSL alert number 70" "$work/tls"
s_client $version -tls1 -cipher DEFAULT@SECLEVEL=0; contains "TLS 1.0 only, for an old client" "Protocol  : TLSv1" "$work/tls"
s_client $cipher; contains "one suite only" "TLS_CHACHA20_POLY1305_SHA256" "$work/tls"
s_client $cipher -ciphersuites TLS_AES_128_GCM_SHA256; contains "and no other" "SSL alert number 40" "$work/tls"
s_client $oversized -showcerts
[ "$(grep -c BEGIN "$work/tls")" -gt 20 ] && pass "an oversized chain" || fail "an oversized chain: $(grep -c BEGIN "$work/tls") certificates"
s_client $expired; contains "an expired certificate" "Verify return code: 10 (certificate has expired)" "$work/tls"

echo "-- answers, by curl"
same "503" "0 503" "$(curl_exit $busy) $(sed -n '1s/HTTP[^ ]* \([0-9]*\).*/\1/p' "$work/header")"
contains "with Retry-After" "Retry-After: 7" "$work/header"
same "a truncated answer: 18 (partial file)" 18 "$(curl_exit $truncated)"
same "a Content-Length that says more: 18" 18 "$(curl_exit $longer)"
same "no answer at all: 52 (empty reply)" 52 "$(curl_exit $empty_reply)"
one_of "garbage" "$(curl_exit $garbage)" 1 8
same "a chunked answer is a right one" 0 "$(curl_exit $chunked)"
contains "and chunked" "Transfer-Encoding: chunked" "$work/header"
expect "with a token in it" jq -e .token "$work/body"
same "a redirect" "0 302" "$(curl_exit $redirect) $(sed -n '1s/HTTP[^ ]* \([0-9]*\).*/\1/p' "$work/header")"
contains "to somewhere else" "Location: https://attacker.example/" "$work/header"
same "an answer that is an hour late: 28" 28 "$(curl_exit $delay --max-time 1)"
statuses=
for _ in 1 2 3; do curl_exit $second_only >/dev/null; statuses="$statuses $(sed -n '1s/HTTP[^ ]* \([0-9]*\).*/\1/p' "$work/header")"; done
same "the second attempt alone" " 200 500 200" "$statuses"

echo "-- tokens, by python3-jwt"
cat >"$work/judge.py" <<'PY'
import sys, jwt
token, key, imsi = open(sys.argv[1]).read().strip(), open(sys.argv[2]).read(), sys.argv[3]
try:
    claims = jwt.decode(token, key, algorithms=["RS256"], audience="soracom-endorse-audience", issuer="https://soracom.io",
                        options={"require": ["exp", "iat", "nbf", "iss", "aud", "sub"]})
except jwt.PyJWTError as e:
    print(type(e).__name__)
else:
    print("subject" if claims["sub"] != "soracom-endorse" else
          "imsi" if claims["soracom-endorse-claim"]["imsi"] != imsi else "sound")
PY
expect "the closed port is open again" within 30 keys_answer
curl_exit $healthy >/dev/null
jq -r .token "$work/body" >"$work/token"
kid=$(/usr/bin/python3 -c 'import sys, jwt; print(jwt.get_unverified_header(open(sys.argv[1]).read().strip())["kid"])' "$work/token")
curl -sS --fail --noproxy '*' --cacert "$ca" --interface $healthy "$keys_url/$kid" -o "$work/key.pem" || fail "the public key"
# imsi ADDRESS: of the SIM at that address
imsi() { echo "$1" | awk -F. '{printf "44010%010d\n", (($1 * 256 + $2) * 256 + $3) * 256 + $4}'; }
judge() { /usr/bin/python3 "$work/judge.py" "$work/token" "$work/key.pem" "$(imsi "$1")"; }
same "a sound token" sound "$(judge $healthy)"
while read -r from verdict effect; do
  curl_exit "$from" >/dev/null
  jq -r .token "$work/body" >"$work/token"
  same "$effect" "$verdict" "$(judge "$from")"
done <"$work/tokens"

echo "-- MQTT, by mosquitto_pub"
# provision ADDRESS: token and configuration, into $work/config.json and its parts
provision() {
  curl_exit "$1" >/dev/null
  curl -sS --fail --noproxy '*' --cacert "$ca" --interface "$1" -H "Authorization: Bearer $(jq -r .token "$work/body")" "$config_url" \
    -o "$work/config.json" || return 1
  jq -r .certificates.certificate_pem "$work/config.json" >"$work/crt"
  jq -r .certificates.private_key_pem "$work/config.json" >"$work/key"
}
# publish ADDRESS ARGUMENTS…: what mosquitto_pub says, in $work/mqtt
publish() {
  from=$1; shift
  device=$(jq -r .device_id "$work/config.json")
  timeout 20 mosquitto_pub -h "$mqtt_host" -p "$mqtt_port" -A "$from" --cafile "$ca" --cert "$work/crt" --key "$work/key" \
    -i "$(jq -r .mqtt_config.client_id "$work/config.json")" -q 1 -t "dt/v1/$device/status" -m x "$@" >"$work/mqtt" 2>&1
}
expect "the healthy camera has a configuration" provision $healthy
expect "and publishes" publish $healthy
provision $connack5; publish $connack5
contains "CONNACK 5" "Connection Refused: not authorised" "$work/mqtt"
provision $connack3; publish $connack3
contains "CONNACK 3" "Connection Refused: broker unavailable" "$work/mqtt"
provision $connack136; publish $connack136 -V mqttv5
contains "CONNACK 0x88" "Server unavailable" "$work/mqtt"

echo "-- device certificates, by openssl"
provision $certificate_expired
same "expired" 1 "$(openssl x509 -in "$work/crt" -noout -checkend 0 >"$work/said"; echo $?)"
provision $key_mismatch
[ "$(openssl x509 -in "$work/crt" -noout -pubkey)" != "$(openssl pkey -in "$work/key" -pubout)" ] &&
  pass "the key is another's" || fail "the key is the certificate's"
provision $wrong_usage
openssl x509 -in "$work/crt" -noout -ext extendedKeyUsage >"$work/said" 2>&1
contains "for servers" "TLS Web Server Authentication" "$work/said"
refuse "and not for clients" grep -q "Client" "$work/said"
provision $weak_key
contains "a weak key" "(1024 bit" "$(openssl pkey -in "$work/key" -noout -text >"$work/said"; echo "$work/said")"

echo "-- the proof in the journal"
stop_lab
# Every rule but those that need no firing by attempt has its camera's, and no camera has another's.
jq -r 'select(.ev == "fault_fired") | "\(.rule) \(.peer)"' "$work/journal" | sort -u >"$work/fired"
for n in $(seq $cameras); do
  grep -qx "rule-$n 127.16.0.$n" "$work/fired" || fail "rule-$n did not fire: $(sed -n "${n}p" "$rules")"
done
same "each rule fired for its camera alone" "$cameras" "$(grep -vc '^closed-port ' "$work/fired")"
# curl does not wait in connect(2), so the kernel shows where it was refused.
grep -q "this kernel does not show" "$work/lab.log" ||
  same "and the closed port for whoever tried it" 1 "$(grep -c '^closed-port ' "$work/fired")"
finish
