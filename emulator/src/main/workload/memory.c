/* Address spaces: mappings of every kind made, changed, moved and dropped. */
#include "workload.h"
#include <linux/fcntl.h>
#include <linux/memfd.h>

#define RW (PROT_READ | PROT_WRITE)

char *map_anonymous(unsigned long size, int flags)
{
    return (char *)sys(mmap, 0, size, RW, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
}

bool is_error(const void *mapping)
{
    return (unsigned long)mapping >= -PAGE;
}

/* Writes page i's number into page i, for every step-th page. */
static void number_pages(char *area, unsigned long pages, unsigned long step)
{
    for (unsigned long i = 0; i < pages; i += step)
        *(unsigned long *)(area + i * PAGE) = i + 1;
}

static bool pages_are_numbered(const char *area, unsigned long pages, unsigned long step)
{
    for (unsigned long i = 0; i < pages; i += step)
        if (*(unsigned long *)(area + i * PAGE) != i + 1)
            return false;
    return true;
}

static bool pages_are_zero(const char *area, unsigned long pages)
{
    for (unsigned long i = 0; i < pages; i++)
        if (*(unsigned long *)(area + i * PAGE) != 0)
            return false;
    return true;
}

static void read_byte(void *address)
{
    (void)*(volatile char *)address;
}

static void write_byte(void *address)
{
    *(volatile char *)address = 1;
}

bool map_and_unmap(void)
{
    char *area = map_anonymous(64 * PAGE, 0);

    CHECK(!is_error(area));
    CHECK(pages_are_zero(area, 64));
    number_pages(area, 64, 1);
    CHECK(pages_are_numbered(area, 64, 1));
    /* A hole in the middle makes two mappings of one. */
    CHECK(sys(munmap, area + 16 * PAGE, 16 * PAGE) == 0);
    CHECK(pages_are_numbered(area, 16, 1));
    CHECK(try(read_byte, area + 20 * PAGE).signal == SIGSEGV);
    CHECK(sys(munmap, area, 64 * PAGE) == 0);
    CHECK(try(read_byte, area).signal == SIGSEGV);
    return true;
}

/* One page each under different entries of the upper tables, so that tables of all levels come and go. */
bool map_sparse(void)
{
    static const unsigned long addresses[] = {
        0x0000000040000000, 0x0000008000000000, 0x0000100000000000, 0x0000200000000000, 0x0000200000200000,
        0x0000200040000000, 0x0000400000000000, 0x00005fffffe00000,
    };
    const unsigned int count = sizeof(addresses) / sizeof(addresses[0]);

    for (unsigned int i = 0; i < count; i++) {
        char *page = (char *)sys(mmap, addresses[i], PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        CHECK((unsigned long)page == addresses[i]);
        *(unsigned long *)page = i;
    }
    for (unsigned int i = 0; i < count; i++) {
        CHECK(*(unsigned long *)addresses[i] == i);
        CHECK(sys(munmap, addresses[i], PAGE) == 0);
    }
    return true;
}

bool map_file(void)
{
    long fd = sys(open, self_path, O_RDONLY, 0);
    char *shared, *private;
    char magic[4];

    CHECK(fd >= 0);
    CHECK(sys(pread64, fd, magic, sizeof(magic), 0) == sizeof(magic));
    shared = (char *)sys(mmap, 0, 2 * PAGE, PROT_READ, MAP_SHARED, fd, 0);
    private = (char *)sys(mmap, 0, 2 * PAGE, RW, MAP_PRIVATE, fd, 0);
    sys(close, fd);
    CHECK(!is_error(shared) && !is_error(private));
    CHECK(magic[1] == 'E' && shared[1] == 'E' && private[1] == 'E');
    private[1] = 'X';
    CHECK(private[1] == 'X' && shared[1] == 'E');
    CHECK(sys(munmap, shared, 2 * PAGE) == 0);
    CHECK(sys(munmap, private, 2 * PAGE) == 0);
    return true;
}

static char *shared_area;

static int write_shared_area(void)
{
    number_pages(shared_area, 16, 1);
    return 0;
}

bool map_shared(void)
{
    shared_area = (char *)sys(mmap, 0, 16 * PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(!is_error(shared_area));
    CHECK(exited_with(status_of_child(write_shared_area), 0));
    CHECK(pages_are_numbered(shared_area, 16, 1));
    CHECK(sys(munmap, shared_area, 16 * PAGE) == 0);
    return true;
}

bool map_memfd(void)
{
    unsigned long number = 0;
    char *area;
    long fd = sys(memfd_create, "pvdiet", MFD_CLOEXEC);

    if (fd == -ENOSYS) {
        remark("not in this kernel, error ", fd);
        return true;
    }
    CHECK(fd >= 0);
    CHECK(sys(ftruncate, fd, 8 * PAGE) == 0);
    area = (char *)sys(mmap, 0, 8 * PAGE, RW, MAP_SHARED, fd, 0);
    CHECK(!is_error(area));
    number_pages(area, 8, 1);
    CHECK(sys(msync, area, 8 * PAGE, MS_SYNC) == 0);
    CHECK(sys(pread64, fd, &number, sizeof(number), 5 * PAGE) == sizeof(number) && number == 6);
    number = 1;
    CHECK(sys(pwrite64, fd, &number, sizeof(number), 0) == sizeof(number));
    CHECK(pages_are_numbered(area, 8, 1));
    CHECK(sys(munmap, area, 8 * PAGE) == 0);
    sys(close, fd);
    return true;
}

bool map_populate(void)
{
    static unsigned char resident[256];
    char *area = map_anonymous(256 * PAGE, MAP_POPULATE);

    CHECK(!is_error(area));
    CHECK(sys(mincore, area, 256 * PAGE, resident) == 0);
    for (int i = 0; i < 256; i++)
        CHECK((resident[i] & 1) != 0);
    CHECK(pages_are_zero(area, 256));
    CHECK(sys(munmap, area, 256 * PAGE) == 0);
    return true;
}

bool map_large(void)
{
    const unsigned long pages = (16UL << 20) / PAGE;
    char *area = map_anonymous(pages * PAGE, MAP_NORESERVE);

    CHECK(!is_error(area));
    CHECK(sys(madvise, area, pages * PAGE, MADV_NOHUGEPAGE) == 0 || true);
    number_pages(area, pages, 16);
    CHECK(pages_are_numbered(area, pages, 16));
    CHECK(sys(munmap, area, pages * PAGE) == 0);
    return true;
}

bool map_huge(void)
{
    char *area = map_anonymous(3 * HUGE_PAGE, MAP_NORESERVE);
    char *huge = (char *)(((unsigned long)area + HUGE_PAGE - 1) & -HUGE_PAGE);
    const unsigned long pages = HUGE_PAGE / PAGE;
    long advised;

    CHECK(!is_error(area));
    advised = sys(madvise, huge, HUGE_PAGE, MADV_HUGEPAGE);
    if (advised != 0)
        remark("not in this kernel, error ", advised);
    number_pages(huge, pages, 8);
    CHECK(pages_are_numbered(huge, pages, 8));
    /* Each of these splits what may have been one 2M entry. */
    CHECK(sys(mprotect, huge + HUGE_PAGE / 2, HUGE_PAGE / 4, PROT_READ) == 0);
    CHECK(pages_are_numbered(huge, pages, 8));
    CHECK(try(write_byte, huge + HUGE_PAGE / 2).signal == SIGSEGV);
    CHECK(sys(madvise, huge, 16 * PAGE, MADV_DONTNEED) == 0);
    CHECK(pages_are_zero(huge, 16));
    CHECK(pages_are_numbered(huge, pages, 8) == false);
    CHECK(sys(munmap, area, 3 * HUGE_PAGE) == 0);
    return true;
}

bool protect(void)
{
    char *area = map_anonymous(8 * PAGE, 0);
    struct fault fault;

    CHECK(!is_error(area));
    number_pages(area, 8, 1);
    CHECK(sys(mprotect, area, 8 * PAGE, PROT_READ) == 0);
    CHECK(pages_are_numbered(area, 8, 1));
    fault = try(write_byte, area + 3 * PAGE);
    CHECK(fault.signal == SIGSEGV && fault.code == SEGV_ACCERR && fault.address == (unsigned long)area + 3 * PAGE);
    CHECK(sys(mprotect, area, 8 * PAGE, PROT_NONE) == 0);
    CHECK(try(read_byte, area).signal == SIGSEGV);
    CHECK(sys(mprotect, area, 8 * PAGE, RW) == 0);
    CHECK(pages_are_numbered(area, 8, 1));
    number_pages(area, 8, 1);
    /* mov $42, %eax; ret */
    memcpy(area, "\xb8\x2a\x00\x00\x00\xc3", 6);
    CHECK(sys(mprotect, area, PAGE, PROT_READ | PROT_EXEC) == 0);
    CHECK(((int (*)(void))area)() == 42);
    CHECK(sys(munmap, area, 8 * PAGE) == 0);
    return true;
}

bool remap(void)
{
    char *area = map_anonymous(16 * PAGE, 0);
    char *target;

    CHECK(!is_error(area));
    number_pages(area, 16, 1);
    area = (char *)sys(mremap, area, 16 * PAGE, 64 * PAGE, MREMAP_MAYMOVE, 0);
    CHECK(!is_error(area));
    CHECK(pages_are_numbered(area, 16, 1));
    CHECK(pages_are_zero(area + 16 * PAGE, 48));
    number_pages(area, 64, 1);
    target = map_anonymous(64 * PAGE, 0);
    CHECK(!is_error(target));
    CHECK((char *)sys(mremap, area, 64 * PAGE, 64 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, target) == target);
    CHECK(pages_are_numbered(target, 64, 1));
    CHECK(try(read_byte, area).signal == SIGSEGV);
    CHECK((char *)sys(mremap, target, 64 * PAGE, 8 * PAGE, 0, 0) == target);
    CHECK(pages_are_numbered(target, 8, 1));
    CHECK(sys(munmap, target, 8 * PAGE) == 0);
    return true;
}

/* Source and target are aligned alike, so that the kernel may move a whole table instead of its entries. */
bool remap_tables(void)
{
    char *area = map_anonymous(4 * HUGE_PAGE, MAP_NORESERVE);
    char *target = map_anonymous(4 * HUGE_PAGE, MAP_NORESERVE);
    char *from = (char *)(((unsigned long)area + HUGE_PAGE - 1) & -HUGE_PAGE);
    char *to = (char *)(((unsigned long)target + HUGE_PAGE - 1) & -HUGE_PAGE);
    const unsigned long pages = 2 * HUGE_PAGE / PAGE;

    CHECK(!is_error(area) && !is_error(target));
    sys(madvise, from, 2 * HUGE_PAGE, MADV_NOHUGEPAGE);
    number_pages(from, pages, 8);
    CHECK((char *)sys(mremap, from, 2 * HUGE_PAGE, 2 * HUGE_PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to);
    CHECK(pages_are_numbered(to, pages, 8));
    CHECK(sys(munmap, area, 4 * HUGE_PAGE) == 0);
    CHECK(sys(munmap, target, 4 * HUGE_PAGE) == 0);
    return true;
}

bool move_break(void)
{
    const unsigned long pages = (1UL << 20) / PAGE;
    char *start = (char *)sys(brk, 0);
    char *area = (char *)(((unsigned long)start + PAGE - 1) & -PAGE);

    CHECK((char *)sys(brk, area + pages * PAGE) == area + pages * PAGE);
    CHECK(pages_are_zero(area, pages));
    number_pages(area, pages, 4);
    CHECK(pages_are_numbered(area, pages, 4));
    CHECK((char *)sys(brk, start) == start);
    return true;
}

bool discard(void)
{
    static unsigned char resident[32];
    char *area = map_anonymous(32 * PAGE, 0);

    CHECK(!is_error(area));
    number_pages(area, 32, 1);
    CHECK(sys(madvise, area, 16 * PAGE, MADV_DONTNEED) == 0);
    CHECK(sys(mincore, area, 32 * PAGE, resident) == 0);
    CHECK((resident[0] & 1) == 0 && (resident[31] & 1) == 1);
    CHECK(pages_are_zero(area, 16));
    CHECK(*(unsigned long *)(area + 31 * PAGE) == 32);
    CHECK(sys(madvise, area, 32 * PAGE, MADV_COLD) <= 0);
    CHECK(sys(madvise, area, 32 * PAGE, MADV_FREE) <= 0);
    number_pages(area, 32, 1);
    CHECK(pages_are_numbered(area, 32, 1));
    CHECK(sys(munmap, area, 32 * PAGE) == 0);
    return true;
}

bool lock_pages(void)
{
    char *area = map_anonymous(8 * PAGE, 0);

    CHECK(!is_error(area));
    CHECK(sys(mlock, area, 8 * PAGE) == 0);
    CHECK(pages_are_zero(area, 8));
    CHECK(sys(munlock, area, 8 * PAGE) == 0);
    CHECK(sys(munmap, area, 8 * PAGE) == 0);
    return true;
}

bool grow_stack(void)
{
    volatile char frame[64 * PAGE];

    for (unsigned long i = 64; i-- > 0;)
        frame[i * PAGE] = (char)i;
    for (unsigned long i = 0; i < 64; i++)
        CHECK(frame[i * PAGE] == (char)i);
    return true;
}
