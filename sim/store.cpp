#include "sim/store.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

namespace firstlight::sim {

namespace {

constexpr std::string_view kMark = "FLSTORE1";
constexpr std::size_t kLengthBytes = 8;
constexpr std::size_t kDigestBytes = 32;
constexpr std::size_t kHeaderBytes = kMark.size() + kLengthBytes + kDigestBytes;
static_assert(kHeaderBytes == kStoredHeaderBytes);
constexpr std::size_t kMaxFile = 1 << 20;

std::string digest(const CryptoContext& crypto, std::string_view head, std::string_view content) {
  const auto sum = sha256(crypto, as_bytes(std::string(head) + std::string(content)));
  return {reinterpret_cast<const char*>(sum.data()), sum.size()};
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool valid() const { return fd_ >= 0; }

 private:
  int fd_;
};

bool write_whole(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

class FileStore final : public Store {
 public:
  FileStore(const CryptoContext& crypto, std::filesystem::path file)
      : crypto_(crypto), file_(std::move(file)), temporary_(file_.string() + ".new") {}

  result<std::string> load() override {
    const auto bytes = read();
    if (!bytes) return bytes.error();
    return unwrap_stored(crypto_, *bytes);
  }

  result<void> save(std::string_view content) override { return replace(wrap_stored(crypto_, content)); }

  void discard() override {
    ::unlink(file_.c_str());
    ::unlink(temporary_.c_str());
  }
  [[nodiscard]] std::optional<std::string> raw() const override {
    auto bytes = read();
    if (!bytes) return std::nullopt;
    return std::move(*bytes);
  }
  void put_raw(std::string_view bytes) override { (void)replace(bytes); }

 private:
  [[nodiscard]] result<std::string> read() const {
    const Descriptor fd(::open(file_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!fd.valid()) {
      if (errno == ENOENT) return Error(Errc::store_empty);
      return Error(Errc::store_failed, std::strerror(errno));
    }
    struct stat info {};
    if (::fstat(fd.get(), &info) != 0) return Error(Errc::store_failed, std::strerror(errno));
    if (!S_ISREG(info.st_mode)) return Error(Errc::store_corrupt, "not a file");
    if ((info.st_mode & 0077) != 0) return Error(Errc::store_corrupt, "permissions");
    if (static_cast<std::size_t>(info.st_size) > kMaxFile) return Error(Errc::store_corrupt, "too large");
    std::string bytes(static_cast<std::size_t>(info.st_size), '\0');
    std::size_t have = 0;
    while (have < bytes.size()) {
      const auto n = ::read(fd.get(), bytes.data() + have, bytes.size() - have);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return Error(Errc::store_failed, std::strerror(errno));
      if (n == 0) break;
      have += static_cast<std::size_t>(n);
    }
    bytes.resize(have);
    return bytes;
  }

  result<void> replace(std::string_view bytes) {
    const auto folder = file_.parent_path();
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return store_error(errno);
    const auto failure = write_temporary(bytes);
    if (failure) {
      ::unlink(temporary_.c_str());
      return *failure;
    }
    if (::rename(temporary_.c_str(), file_.c_str()) != 0) {
      const int error = errno;
      ::unlink(temporary_.c_str());
      return store_error(error);
    }
    return sync_folder(folder);
  }

  std::optional<Error> write_temporary(std::string_view bytes) {
    ::unlink(temporary_.c_str());  // left by a power cut
    const Descriptor fd(::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd.valid()) return store_error(errno);
    if (::fchmod(fd.get(), 0600) != 0) return store_error(errno);  // whatever the umask says
    if (!write_whole(fd.get(), bytes)) return store_error(errno);
    if (::fsync(fd.get()) != 0) return store_error(errno);
    return std::nullopt;
  }

  static result<void> sync_folder(const std::filesystem::path& folder) {
    const Descriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd.valid() || ::fsync(fd.get()) != 0) return store_error(errno);
    return {};
  }

  const CryptoContext& crypto_;
  std::filesystem::path file_;
  std::filesystem::path temporary_;
};

class MemoryStore final : public Store {
 public:
  explicit MemoryStore(const CryptoContext& crypto) : crypto_(crypto) {}
  result<std::string> load() override {
    if (bytes_.empty()) return Error(Errc::store_empty);
    return unwrap_stored(crypto_, bytes_);
  }
  result<void> save(std::string_view content) override {
    bytes_ = wrap_stored(crypto_, content);
    bytes_.shrink_to_fit();
    return {};
  }
  void discard() override { bytes_ = {}; }
  [[nodiscard]] std::optional<std::string> raw() const override {
    if (bytes_.empty()) return std::nullopt;
    return bytes_;
  }
  void put_raw(std::string_view bytes) override { bytes_.assign(bytes); }

 private:
  const CryptoContext& crypto_;
  std::string bytes_;
};

}  // namespace

Error store_error(int os_error) {
  const bool full = os_error == ENOSPC || os_error == EDQUOT;
  return {full ? Errc::store_full : Errc::store_failed, std::strerror(os_error)};
}

std::string wrap_stored(const CryptoContext& crypto, std::string_view content) {
  std::string head(kMark);
  for (std::size_t i = kLengthBytes; i-- > 0;) head += static_cast<char>((content.size() >> (8 * i)) & 0xFF);
  const auto sum = digest(crypto, head, content);
  return head + sum + std::string(content);
}

result<std::string> unwrap_stored(const CryptoContext& crypto, std::string_view bytes) {
  const auto mark = bytes.substr(0, kMark.size());
  if (mark.size() < kMark.size()) return Error(Errc::store_corrupt, "torn");
  if (mark.substr(0, kMark.size() - 1) != kMark.substr(0, kMark.size() - 1))
    return Error(Errc::store_corrupt, "not a store");
  if (mark != kMark) return Error(Errc::store_corrupt, "version");
  if (bytes.size() < kHeaderBytes) return Error(Errc::store_corrupt, "torn");
  std::uint64_t length = 0;
  for (const char c : bytes.substr(kMark.size(), kLengthBytes)) length = length << 8 | static_cast<unsigned char>(c);
  const auto content = bytes.substr(kHeaderBytes);
  if (content.size() != length) return Error(Errc::store_corrupt, "torn");
  const auto head = bytes.substr(0, kMark.size() + kLengthBytes);
  if (digest(crypto, head, content) != bytes.substr(head.size(), kDigestBytes))
    return Error(Errc::store_corrupt, "checksum");
  return std::string(content);
}

result<std::string> unwrap_unchecked(std::string_view bytes) {
  if (bytes.size() <= kHeaderBytes) return Error(Errc::store_corrupt, "torn");
  return std::string(bytes.substr(kHeaderBytes));
}

std::unique_ptr<Store> make_file_store(const CryptoContext& crypto, std::filesystem::path file) {
  return std::make_unique<FileStore>(crypto, std::move(file));
}
std::unique_ptr<Store> make_memory_store(const CryptoContext& crypto) {
  return std::make_unique<MemoryStore>(crypto);
}

}  // namespace firstlight::sim
