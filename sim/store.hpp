// The camera's secure store: one configuration that survives power cuts, or is found to be damaged, never half of one.
// Owned by a camera's driver; the file form is for real restarts, the memory form for fleets of thousands.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/crypto.hpp"
#include "base/error.hpp"

namespace firstlight::sim {

class Store {
 public:
  virtual ~Store() = default;
  /// Errors: store-empty, store-corrupt (detail: what is wrong), store-failed (detail: errno's text).
  [[nodiscard]] virtual result<std::string> load() = 0;
  /// After an error the old content is still there. Errors: store-full (ENOSPC, EDQUOT), store-failed.
  [[nodiscard]] virtual result<void> save(std::string_view content) = 0;
  virtual void discard() = 0;
};

/// The stored form: "FLSTORE1", the content's length (8 bytes, big-endian), SHA-256 of all that stands before and after
/// the digest, the content. Another version has another last byte in its mark.
[[nodiscard]] std::string wrap_stored(const CryptoContext& crypto, std::string_view content);
/// Errors: store-corrupt (detail: "torn", "not a store", "version", "checksum").
[[nodiscard]] result<std::string> unwrap_stored(const CryptoContext& crypto, std::string_view bytes);

/// What an errno of a save means: ENOSPC and EDQUOT are store-full, others store-failed (detail: errno's text).
[[nodiscard]] Error store_error(int os_error);

/// A file, mode 0600, in a folder that is made with mode 0700; replaced atomically: a temporary file is written and
/// synced, renamed over it, and the folder synced. A file that others may read is store-corrupt ("permissions").
[[nodiscard]] std::unique_ptr<Store> make_file_store(const CryptoContext& crypto, std::filesystem::path file);

[[nodiscard]] std::unique_ptr<Store> make_memory_store();

}  // namespace firstlight::sim
