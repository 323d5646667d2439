// A fixed signing key and a token made with it by Python's `cryptography`, not by this project. Used by the tests of
// Endorse's and the config API's rules. The key is for tests alone and signs nothing else.
#pragma once

#include <string_view>

namespace firstlight::test {

inline constexpr std::string_view kSigningKeyPem = R"(-----BEGIN RSA PRIVATE KEY-----
MIIEogIBAAKCAQEAkuyPlRL8wQig3D1mwzuejQ1LF2DeuadOnCXP9LTemgWdijlJ
xUdyaSRyl0ghVaAKb79x7NaIUSrfYEstKeDOD1c/yH09+r6y7TIc/Mg8U1/xuBCW
lFrDEVf2Y1PCSdNY7XvAB3xJsJoR8vFPiyMU8I89idtJXvf8U3qzDC/rV7DzTzyS
bYEWV7dVt3lOncsjTmgaCnxVRfQEIWtdxFzHSS8pifd5u7J1IvZIFzZmYxxj4L2l
CvjdMW6kR/pebKtzglv3Dxp0vYhb3eOQq8gRBoSpkm4iuxa7pX10g5oyIHFbb3qr
rkul5ujXYXutGFshmyNhtjFVrbEFayUQU0qsFQIDAQABAoIBAB0f2iWHrkVYn8SQ
wmBknt0gm7hOalA8j1tqLnM4cGDxSIWoLgy2iUI46KM+9+aokzEMLvnvG/YVDNMi
i9kfmFFXrwvf8cuVBlR5KOBeFAFGBV1CoorVhBIZ0PxnE949EEWBULNbKqNgozq4
pZcz9Nhr2JvNdZmnCGSG79u0Ww9WdiycZ+wcGEjWW4Hkla9yxEVgJnzePZ3fX5Ad
zrGXEh/9ZIEUYngyQOQni3b/O64pahU9i7xYpQTRxl+7sy4WJW4VCkpoa9dV0A+K
/pVws2Mc69Ij8fg0ODpoA6sp7vDxa56IN2LPY/70IMO3101/nbQTKlbV90FUobCr
A+2QhvkCgYEAygeyJ5bILuOW7s6j2F/jaexV8NKczJf+AZRU25jWeW12GsMsvnLZ
RFOZQs8NGTL5td5MORyH6cR4keRffC9YNXwFQ1TsBxoDqJFCdGJbiPdaWu7Vb6ti
QL2SqYkPE53uOqxDjAUQNV0k+gnMrozFRHbVjnCidf7XoCPt9BAaMwkCgYEAuixP
mbkR6pBCJp16WMG3eIJxnhOsqg25rsDd6vYaP9OkrCQOPy/oF130Qi+hASLuTWtt
R2tLC4GtA7kZ4ggsPV1z4jLu1BzNmShmSXBAyx73zZiNGwFbCbCkp4PXCanr0Uk3
aTiwLySynO7WhzipObrHQLEZpL4jVd9UENs1d60CgYBS0cjUtdkmb6IGD6vXHafq
Wjn42T3yGTTFjPskcokpihfqbKxA/m/WtLaVTq+97smzJof0uZ9101bh587E59uv
QUIfEgcX+jAZwEKP12pSwaPGtzXD62wBwjUHTuphTlLEtq2SDtlQJvjrj2za+VY8
9MIi/EV9PZVDTrdTX+59kQKBgGTSCE2EVvqDIv/MemxEg/pEEgl8OB5jjnHfyo4q
tq5oDB6Y7Ao2BGdbHyMUrglyhEDy81wg86QIlsyUWjr5GBQnXtFZqdK+wmy13ybY
Ho6hd6skeQ3t3wJRYenB0RtPpQBSuSpHY8o0AnJQOWdDPQmhZ7RV9EAuI+6mId17
COqFAoGAXj6nS/v1xkgDAotASjaHbYjJM03ZaDKLWpgWSDM0hoE2mDPxgtWAI/MG
+DggxgoJm+KvB5yXKWaKkhdF7d6to5fvqFkWqjR6Kx3tzBS2lqa+g0Gj6doPHbhI
Fz4HqwSpWqFOH+BX3tg1qgF7AmUG0uH5TtOheOGsk5NKL8SE2to=
-----END RSA PRIVATE KEY-----
)";

// openssl pkey -in key.pem -pubout
inline constexpr std::string_view kPublicKeyPem = R"(-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAkuyPlRL8wQig3D1mwzue
jQ1LF2DeuadOnCXP9LTemgWdijlJxUdyaSRyl0ghVaAKb79x7NaIUSrfYEstKeDO
D1c/yH09+r6y7TIc/Mg8U1/xuBCWlFrDEVf2Y1PCSdNY7XvAB3xJsJoR8vFPiyMU
8I89idtJXvf8U3qzDC/rV7DzTzySbYEWV7dVt3lOncsjTmgaCnxVRfQEIWtdxFzH
SS8pifd5u7J1IvZIFzZmYxxj4L2lCvjdMW6kR/pebKtzglv3Dxp0vYhb3eOQq8gR
BoSpkm4iuxa7pX10g5oyIHFbb3qrrkul5ujXYXutGFshmyNhtjFVrbEFayUQU0qs
FQIDAQAB
-----END PUBLIC KEY-----
)";

// openssl pkey -in key.pem -pubout -outform DER | sha256sum | cut -c 1-32
inline constexpr std::string_view kKid = "v1-1617d7c89ef1691a65f0301e9118ced9-x509.pem";

// Issued at 1800000000 for 127.0.0.9 with the request parameter username=foo.
inline constexpr std::string_view kGoldenHeader =
    R"({"kid":"v1-1617d7c89ef1691a65f0301e9118ced9-x509.pem","alg":"RS256"})";
inline constexpr std::string_view kGoldenClaims =
    R"({"iss":"https://soracom.io","aud":"soracom-endorse-audience","exp":1800000600,"jti":"hkK7qNyXzEMVAXfTq1MBuA","iat":1800000000,"nbf":1799999940,"sub":"soracom-endorse","soracom-endorse-claim":{"imsi":"440102130706441","imei":"350021307064412","simId":"8981100021307064418","requestParameters":{"username":"foo"}}})";
inline constexpr std::string_view kGoldenToken =
    "eyJraWQiOiJ2MS0xNjE3ZDdjODllZjE2OTFhNjVmMDMwMWU5MTE4Y2VkOS14NTA5LnBlbSIsImFsZyI6IlJTMjU2In0.eyJpc3Mi"
    "OiJodHRwczovL3NvcmFjb20uaW8iLCJhdWQiOiJzb3JhY29tLWVuZG9yc2UtYXVkaWVuY2UiLCJleHAiOjE4MDAwMDA2MDAsImp0"
    "aSI6ImhrSzdxTnlYekVNVkFYZlRxMU1CdUEiLCJpYXQiOjE4MDAwMDAwMDAsIm5iZiI6MTc5OTk5OTk0MCwic3ViIjoic29yYWNv"
    "bS1lbmRvcnNlIiwic29yYWNvbS1lbmRvcnNlLWNsYWltIjp7Imltc2kiOiI0NDAxMDIxMzA3MDY0NDEiLCJpbWVpIjoiMzUwMDIx"
    "MzA3MDY0NDEyIiwic2ltSWQiOiI4OTgxMTAwMDIxMzA3MDY0NDE4IiwicmVxdWVzdFBhcmFtZXRlcnMiOnsidXNlcm5hbWUiOiJm"
    "b28ifX19.fXSliOwhr3WW6kKDWSksTreB6YzzdH8-naLO_QTmEi97JRAE1WySpjmQ2blyKgP1Hj39GXNwwJ7_ag7ekraT6wLoMQf"
    "iTY--leV6qFblAt0mv-KmUUT9O_MfzGcQHJmx9VQom3gdxZMUX-Z2-m6MNKDa_CYwRV8mjAiHhPseARey4tpppOOM3Iteq01T2kD"
    "4rxfM2bCwCIfwLElqKD9-LVCQoPLSE82ApOQh5_Ly1VbZQEuTTJjbH945KCSe0JReBzULFuS4D5zgGmhrio82H6XAMfulNzMQX6T"
    "ai2Zf45Rks9wpjEUT60SV-6CYNdRgqBBLraZgdS8i5PYZiWEiOw";

}  // namespace firstlight::test
