#include "wire/pem.hpp"

#include <openssl/pem.h>

#include <cstring>
#include <stdexcept>

namespace firstlight::wire {

std::optional<PemBlock> read_pem(std::string_view& text) {
  if (text.size() > kMaxPemBytes) return {};
  const BioPtr bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  char* label = nullptr;
  char* header = nullptr;
  unsigned char* der = nullptr;
  long length = 0;
  if (!bio || PEM_read_bio(bio.get(), &label, &header, &der, &length) != 1) {
    static_cast<void>(take_openssl_error());
    return {};
  }
  PemBlock block{label, std::strstr(header, "ENCRYPTED") != nullptr,
                 std::string(reinterpret_cast<char*>(der), static_cast<std::size_t>(length))};
  OPENSSL_free(label);
  OPENSSL_free(header);
  OPENSSL_clear_free(der, static_cast<std::size_t>(length));
  text.remove_prefix(text.size() - static_cast<std::size_t>(BIO_pending(bio.get())));
  return block;
}

std::string write_pem(const char* label, std::string_view der) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  if (!bio || PEM_write_bio(bio.get(), label, "", bytes, static_cast<long>(der.size())) <= 0)
    throw std::runtime_error("PEM cannot be written: " + take_openssl_error());
  return bio_text(bio.get());
}

std::string bio_text(BIO* bio) {
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(length)};
}

}  // namespace firstlight::wire
