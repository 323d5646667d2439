#include "wire/p256.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>

#include <string_view>

namespace firstlight::wire {

std::optional<P256Point> p256_point(EVP_PKEY* key) {
  std::array<char, 32> group{};
  P256Point point{};
  std::size_t length = 0;
  const bool read =
      EVP_PKEY_is_a(key, "EC") == 1 && EVP_PKEY_get_group_name(key, group.data(), group.size(), nullptr) == 1 &&
      std::string_view(group.data()) == SN_X9_62_prime256v1 &&
      EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size(), &length) == 1;
  if (read && length == point.size() && point[0] == 4) return point;
  static_cast<void>(take_openssl_error());
  return {};
}

std::optional<std::string> p256_private_der(EVP_PKEY* key) {
  const auto point = p256_point(key);
  BIGNUM* number = nullptr;
  if (!point || EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &number) != 1) {
    static_cast<void>(take_openssl_error());
    return {};
  }
  std::array<std::uint8_t, 32> scalar{};
  const bool fits = BN_bn2binpad(number, scalar.data(), static_cast<int>(scalar.size())) == 32;
  BN_clear_free(number);
  if (!fits) return {};
  using namespace std::string_view_literals;
  std::string der("\x30\x77\x02\x01\x01\x04\x20"sv);  // SEQUENCE, version 1, OCTET STRING
  der.reserve(0x79);                                  // no copy of the scalar is left behind by growing
  der.append(reinterpret_cast<const char*>(scalar.data()), scalar.size());
  der += "\xa0\x0a\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"sv;  // [0] prime256v1
  der += "\xa1\x44\x03\x42\x00"sv;                              // [1] BIT STRING
  der.append(reinterpret_cast<const char*>(point->data()), point->size());
  OPENSSL_cleanse(scalar.data(), scalar.size());
  return der;
}

}  // namespace firstlight::wire
